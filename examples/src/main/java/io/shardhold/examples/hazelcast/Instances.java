package io.shardhold.examples.hazelcast;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.shardhold.lease.hazelcast.HazelcastLeaseConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Starts members that bear leases, and clients of them. Both block until they have joined or connected; whoever starts one
 * shuts it down.
 */
public final class Instances {
    private static final String JDK_LOGGING = "jdk";

    private Instances() {}

    /**
     * A member.
     *
     * @param addresses of all members, host:port
     * @param own one of them, at which this one listens
     * @param self its name among the voters
     * @throws IllegalStateException if it cannot listen there
     */
    public static HazelcastInstance member(
            String clusterName, List<String> addresses, String own, HazelcastLeaseConfig leases, String self) {
        Config config = new Config();
        config.setClusterName(clusterName);
        config.setInstanceName(self);
        quiet(config);
        NetworkConfig network = config.getNetworkConfig();
        int colon = own.lastIndexOf(':');
        network.setPort(Integer.parseInt(own.substring(colon + 1))).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(numeric(own.substring(0, colon)));
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(addresses);
        // A member that does not answer for so long is out. The default is a minute, in which no lease can be renewed.
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
        leases.applyTo(config, self);
        try {
            return Hazelcast.newHazelcastInstance(config);
        } catch (RuntimeException failure) {
            throw new IllegalStateException(
                    "no Hazelcast member could be started at " + own + ": " + failure.getMessage()
                            + "; the host must be an address of this machine, and the port be free",
                    failure);
        }
    }

    /** Hazelcast compares interfaces with numbers only. */
    private static String numeric(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalStateException("the host " + host + " does not resolve: correct the address", unknown);
        }
    }

    private static void quiet(Config config) {
        config.setProperty("hazelcast.logging.type", JDK_LOGGING);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // The program decides when a member ends.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
    }

    /** A client. */
    public static HazelcastInstance client(String clusterName, List<String> addresses) {
        ClientConfig config = new ClientConfig();
        config.setClusterName(clusterName);
        config.setProperty("hazelcast.logging.type", JDK_LOGGING);
        config.setProperty("hazelcast.client.operation.fail.on.indeterminate.state", "true");
        config.getNetworkConfig().setAddresses(addresses);
        return HazelcastClient.newHazelcastClient(config);
    }
}
