package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectNameTest {
    @Test
    void aNameThatAnObjectMayHaveStays() {
        for (String name : List.of("shop", "a", "shop-1.eu", "0", "a".repeat(253))) {
            assertThat(ObjectName.of(name)).isEqualTo(name);
        }
    }

    @Test
    void anyOtherIsMadeOne() {
        assertThat(ObjectName.of("Shop_1")).matches("shop-1-[0-9a-f]{10}");
        assertThat(ObjectName.of("_")).matches("lease-[0-9a-f]{10}");
        assertThat(ObjectName.of("..")).matches("lease-[0-9a-f]{10}");
        assertThat(ObjectName.of("a..b")).matches("a\\.b-[0-9a-f]{10}");
        assertThat(ObjectName.of("-a-.-b-")).matches("a\\.b-[0-9a-f]{10}");
        for (String name : List.of("A".repeat(253), "a".repeat(241) + "._-" + "B".repeat(9), "x_.y", "a.-", "\u0130")) {
            assertThat(ObjectName.isValid(ObjectName.of(name)))
                    .as(ObjectName.of(name))
                    .isTrue();
        }
    }

    @Test
    void twoNamesNeverShareAnObject() {
        Set<String> objects = new HashSet<>();
        List<String> names =
                List.of("shop-1", "Shop-1", "shop_1", "shop-1.", "SHOP-1", ".shop-1", "A".repeat(253), "A".repeat(252));
        names.forEach(name -> objects.add(ObjectName.of(name)));
        assertThat(objects).hasSameSizeAs(names);
    }
}
