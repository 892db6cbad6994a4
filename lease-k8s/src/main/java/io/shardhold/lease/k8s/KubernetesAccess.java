package io.shardhold.lease.k8s;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an API server is reached, by whom, and the namespace that the leases are in.
 *
 * <pre>{@code
 * KubernetesAccess inAPod = KubernetesAccess.inCluster();
 * KubernetesAccess onADesk = KubernetesAccess.kubeconfig(Path.of("/etc/shop/kubeconfig"))
 *     .withContext("kind-shop")
 *     .withNamespace("shop");
 * }</pre>
 *
 * <p>Files that it names are read again while a lease is used: a token after a minute and when the server refuses it,
 * certificates after a minute. Immutable; says no secret in any message.
 */
public final class KubernetesAccess {
    private final @Nullable InCluster inCluster;
    private final @Nullable Kubeconfig kubeconfig;
    private final @Nullable String context;
    private final @Nullable String namespace;

    private KubernetesAccess(
            @Nullable InCluster inCluster,
            @Nullable Kubeconfig kubeconfig,
            @Nullable String context,
            @Nullable String namespace) {
        this.inCluster = inCluster;
        this.kubeconfig = kubeconfig;
        this.context = context;
        this.namespace = namespace;
    }

    /**
     * As a pod, by its environment and its service account, in its namespace.
     *
     * @throws IllegalArgumentException if this is no pod, or one into which no service account is mounted
     */
    public static KubernetesAccess inCluster() {
        return inCluster(System.getenv(), InCluster.MOUNT);
    }

    static KubernetesAccess inCluster(Map<String, String> environment, Path mount) {
        InCluster pod = new InCluster(Map.copyOf(environment), mount);
        Endpoint unused = pod.endpoint("default");
        return new KubernetesAccess(pod, null, null, null);
    }

    /**
     * By a kubeconfig, in its current context unless another is chosen. Users with token, token file and client
     * certificate are supported; what is not is refused, with what to do instead. Plain http only on this host, which is
     * what {@code kubectl proxy} offers. Proxy settings of the JVM do not count.
     *
     * @throws IllegalArgumentException if the file is missing or is no kubeconfig
     */
    public static KubernetesAccess kubeconfig(Path file) {
        return new KubernetesAccess(null, Kubeconfig.read(Objects.requireNonNull(file, "file")), null, null);
    }

    /**
     * The same in another context of the kubeconfig.
     *
     * @throws IllegalArgumentException if there is no such context, or it cannot be used
     */
    public KubernetesAccess withContext(String context) {
        Objects.requireNonNull(context, "context");
        if (kubeconfig == null) {
            throw new IllegalArgumentException(
                    "context '" + context + "': a pod has no contexts; use kubeconfig, or leave it out");
        }
        Endpoint unused = kubeconfig.endpoint(context, namespace);
        return new KubernetesAccess(null, kubeconfig, context, namespace);
    }

    /**
     * The same in another namespace.
     *
     * @throws IllegalArgumentException if no namespace can be called so
     */
    public KubernetesAccess withNamespace(String namespace) {
        Endpoint.checkNamespace(Objects.requireNonNull(namespace, "namespace"));
        return new KubernetesAccess(inCluster, kubeconfig, context, namespace);
    }

    /** The API server. Throws as {@link #withContext}. */
    public URI server() {
        return endpoint().server();
    }

    /** Where the leases are. Throws as {@link #withContext}. */
    public String namespace() {
        return endpoint().namespace();
    }

    Endpoint endpoint() {
        return kubeconfig != null
                ? kubeconfig.endpoint(context, namespace)
                : Objects.requireNonNull(inCluster).endpoint(namespace);
    }

    @Override
    public String toString() {
        return "KubernetesAccess[" + (kubeconfig != null ? "kubeconfig" : "in cluster") + ", context "
                + (context == null ? "current" : context) + ", namespace "
                + (namespace == null ? "of the access" : namespace) + ']';
    }
}
