package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":{\"b\":[1,2.50,-0,1e400,12345678901234567890,true,false,null,\"\\u0001x\",[],{}]},\"\":\"\u00e9\"}"
            })
    void whatWasReadIsWrittenAsItWas(String text) throws Exception {
        assertThat(new String(Json.write(Json.readObject(bytes(text))), StandardCharsets.UTF_8))
                .isEqualTo(text);
        assertThat(Json.copy(Json.readObject(bytes(text)))).isEqualTo(Json.readObject(bytes(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "1",
                "{",
                "{\"a\":1}x",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":NaN}"
            })
    void whatIsNoObjectIsRefused(String text) {
        assertThatThrownBy(() -> Json.readObject(bytes(text))).isInstanceOf(Json.Malformed.class);
    }

    @org.junit.jupiter.api.Test
    void whatIsNoCharacterIsRefused() {
        // As the JSON of 32 bits per character that its first bytes promise.
        byte[] wide = {'{', 0, 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
        assertThatThrownBy(() -> Json.readObject(wide)).isInstanceOf(Json.Malformed.class);
        assertThatThrownBy(() -> Json.readObject(new byte[] {'{', '"', (byte) 0xff, '"'}))
                .isInstanceOf(Json.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000_000})
    void depthAndLengthHaveBounds(int depth) {
        String deep = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
        assertThatThrownBy(() -> Json.readObject(bytes(deep))).isInstanceOf(Json.Malformed.class);
    }

    @org.junit.jupiter.api.Test
    void aMessageShowsNoSecret() {
        assertThatThrownBy(() -> Json.readObject(bytes("{\"token\":sesame}")))
                .isInstanceOf(Json.Malformed.class)
                .hasMessageContaining("line 1")
                .hasMessageNotContaining("sesame")
                .hasNoCause();
    }
}
