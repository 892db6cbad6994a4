package io.shardhold.examples.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.hazelcast.core.HazelcastInstance;
import io.shardhold.lease.hazelcast.HazelcastLeaseConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InstancesTest {
    private static final HazelcastLeaseConfig LEASES = HazelcastLeaseConfig.forVoters("a", "b", "c");

    @Test
    void aMemberMayBeGivenByTheNameOfItsHost() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        HazelcastInstance member = start("localhost:" + port);
        try {
            assertThat(member.getCluster().getLocalMember().getAddress().getPort())
                    .isEqualTo(port);
        } finally {
            member.getLifecycleService().terminate();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(address))
                    .withMessageContaining(address)
                    .withMessageContaining("the port be free");
        }
    }

    private static HazelcastInstance start(String address) {
        return Instances.member("instances-test", List.of(address), address, LEASES, "a");
    }
}
