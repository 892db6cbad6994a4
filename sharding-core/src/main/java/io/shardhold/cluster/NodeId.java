package io.shardhold.cluster;

/**
 * The identity of one run of one node: a name, the address that it advertises, and an incarnation.
 *
 * <p>A process that is restarted, or that gave up a cluster and starts over, has the same name and address and a higher
 * incarnation. The incarnation is the larger of the wall clock at the start, in milliseconds, and the highest
 * incarnation seen for the name plus one; two identities are the same node only if all four fields agree.
 *
 * @param name how operators call the node; by default its address
 * @param host advertised host
 * @param port advertised port, 1 to 65535
 * @param incarnation positive; rises with each start
 */
public record NodeId(String name, String host, int port, long incarnation) implements Comparable<NodeId> {
    public NodeId {
        if (name.isBlank() || name.length() > 255) {
            throw new IllegalArgumentException("node name must have 1 to 255 characters, was '" + name + "'");
        }
        if (host.isBlank() || host.length() > 255) {
            throw new IllegalArgumentException("host must have 1 to 255 characters, was '" + host + "'");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        if (incarnation < 1) {
            throw new IllegalArgumentException("incarnation must be positive, was " + incarnation);
        }
    }

    /** The advertised {@code host:port}; the same for all incarnations of a node that stays where it is. */
    public String address() {
        return host + ":" + port;
    }

    /** Whether the other identity is a later run at the same address. */
    public boolean isReplacedBy(NodeId other) {
        return port == other.port && host.equals(other.host) && incarnation < other.incarnation;
    }

    @Override
    public int compareTo(NodeId other) {
        int byName = name.compareTo(other.name);
        if (byName != 0) {
            return byName;
        }
        int byHost = host.compareTo(other.host);
        if (byHost != 0) {
            return byHost;
        }
        return port == other.port ? Long.compare(incarnation, other.incarnation) : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        return name + "#" + incarnation;
    }
}
