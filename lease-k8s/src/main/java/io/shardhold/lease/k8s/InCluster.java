package io.shardhold.lease.k8s;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is told of its API server, by its environment and by the files of its service account. The token goes to that
 * server and to no other.
 */
record InCluster(Map<String, String> environment, Path mount) {
    static final Path MOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT_HTTPS";
    private static final String OTHER_PORT = "KUBERNETES_SERVICE_PORT";

    /**
     * @param namespace null: that of the pod
     * @throws IllegalArgumentException naming what is missing, and the remedy
     */
    Endpoint endpoint(@Nullable String namespace) {
        String host = environment.getOrDefault(HOST, "");
        String port = environment.getOrDefault(PORT, environment.getOrDefault(OTHER_PORT, ""));
        if (host.isEmpty() || port.isEmpty()) {
            throw new IllegalArgumentException("not in a pod: " + HOST + " is '" + host + "', " + PORT + " and "
                    + OTHER_PORT + " give '" + port + "'; outside of a cluster use KubernetesAccess.kubeconfig");
        }
        String literal = host.contains(":") && !host.startsWith("[") ? '[' + host + ']' : host;
        return new Endpoint(
                Endpoint.server(HOST + " with " + PORT, "https://" + literal + ':' + port),
                namespace != null ? namespace : text(mount.resolve("namespace")),
                new TlsSource(Material.ofFile(mount.resolve("ca.crt")), null, null),
                BearerToken.inFile(mount.resolve("token")));
    }

    private static String text(Path file) {
        try {
            return new String(Material.read(file), StandardCharsets.UTF_8).strip();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + "; or name the namespace by withNamespace", e);
        }
    }
}
