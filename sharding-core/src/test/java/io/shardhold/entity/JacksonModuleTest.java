package io.shardhold.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Message types in a named module of the user's, compiled and loaded here. */
class JacksonModuleTest {
    private static final ReplyAddresses NO_ADDRESSES = new ReplyAddresses() {
        @Override
        public <R> ReplyTo<R> replyTo(String token) {
            throw new IllegalArgumentException(token);
        }
    };

    @TempDir
    static Path folder;

    private static ModuleLayer layer = ModuleLayer.empty();

    @BeforeAll
    static void compileAModule() throws IOException {
        write("module-info.java", "module shop { exports shop.exported; opens shop.opened; }");
        write("shop/exported/Order.java", "package shop.exported; public record Order(int number) {}");
        write("shop/exported/Hidden.java", "package shop.exported; record Hidden(int number) {}");
        write("shop/opened/Order.java", "package shop.opened; record Order(int number) {}");
        write("shop/closed/Order.java", "package shop.closed; public record Order(int number) {}");
        write("shop/opened/Parcel.java", "package shop.opened; record Parcel(shop.closed.Order order) {}");
        List<String> arguments;
        try (Stream<Path> sources = Files.walk(folder)) {
            arguments = Stream.concat(
                            Stream.of("-d", folder.resolve("out").toString()),
                            sources.filter(Files::isRegularFile).map(Path::toString))
                    .toList();
        }
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(new String[0]));
        assertThat(result).isZero();
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(folder.resolve("out")), ModuleFinder.of(), Set.of("shop"));
        layer = boot.defineModulesWithOneLoader(configuration, JacksonModuleTest.class.getClassLoader());
    }

    private static void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return layer.findLoader("shop").loadClass(name);
    }

    @Test
    void aPackageThatIsNotOpenIsRefusedWithTheLineToAdd() throws Exception {
        Class<?> closed = load("shop.closed.Order");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(closed))
                .withMessageContaining("package shop.closed is not open in module shop")
                .withMessageContaining("opens shop.closed to com.fasterxml.jackson.databind;");
    }

    @Test
    void aPartOfAMessageInSuchAPackageIsRefusedToo() throws Exception {
        Class<?> parcel = load("shop.opened.Parcel");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(parcel))
                .withMessageContaining("opens shop.closed to");
    }

    @Test
    void anOpenPackageServesWithoutBeingExported() throws Exception {
        assertRoundTrip(JacksonCodec.of(load("shop.opened.Order")));
    }

    @Test
    void anExportedPackageServesForPublicRecords() throws Exception {
        assertRoundTrip(JacksonCodec.of(load("shop.exported.Order")));
    }

    @Test
    void anExportedPackageDoesNotServeForOtherRecords() throws Exception {
        Class<?> hidden = load("shop.exported.Hidden");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.of(hidden))
                .withMessageContaining("opens shop.exported to");
    }

    private static <M> void assertRoundTrip(MessageCodec<M> codec) throws Exception {
        ObjectMapper plain = new ObjectMapper(new CBORFactory());
        M order = codec.decode(plain.writeValueAsBytes(Map.of("number", 7)), NO_ADDRESSES);
        assertThat(order).hasToString("Order[number=7]");
        assertThat(plain.readValue(codec.encode(order), Object.class)).isEqualTo(Map.of("number", 7));
    }
}
