package io.shardhold.lease.k8s;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A kubeconfig: servers, users, and contexts that name one of each. Paths in it count from its folder. */
final class Kubeconfig {
    private final Path file;
    private final String currentContext;
    private final Map<String, Map<String, @Nullable Object>> clusters;
    private final Map<String, Map<String, @Nullable Object>> users;
    private final Map<String, Map<String, @Nullable Object>> contexts;

    private Kubeconfig(Path file, Map<String, @Nullable Object> root) {
        this.file = file;
        this.currentContext = text(root, "current-context");
        this.clusters = named(root, "clusters", "cluster");
        this.users = named(root, "users", "user");
        this.contexts = named(root, "contexts", "context");
    }

    /** @throws IllegalArgumentException naming file, problem and remedy */
    static Kubeconfig read(Path file) {
        Path absolute = file.toAbsolutePath();
        byte[] bytes = Material.read(absolute);
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            return new Kubeconfig(
                    absolute,
                    text.stripLeading().startsWith("{") ? Json.readObject(bytes) : KubeYaml.readMapping(text));
        } catch (Json.Malformed | IllegalArgumentException e) {
            throw new IllegalArgumentException("kubeconfig " + absolute + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Map<String, @Nullable Object>> named(
            Map<String, @Nullable Object> root, String list, String kind) {
        Map<String, Map<String, @Nullable Object>> byName = new TreeMap<>();
        Object elements = root.get(list);
        for (Object element : elements instanceof List<?> all ? all : List.of()) {
            Map<String, @Nullable Object> entry = Json.objectOf(element);
            // As kubectl: of two with one name the first counts.
            byName.putIfAbsent(text(entry, "name"), Json.objectIn(entry, kind));
        }
        return byName;
    }

    /** In JSON a value may be no text. */
    private static String text(Map<String, @Nullable Object> fields, String field) {
        Object value = fields.get(field);
        return value == null ? "" : value.toString();
    }

    /**
     * What this context comes to.
     *
     * @param chosen null: the current one
     * @param namespace null: that of the context, or else {@code default}, as kubectl has it
     * @throws IllegalArgumentException naming file, field, value and remedy
     */
    Endpoint endpoint(@Nullable String chosen, @Nullable String namespace) {
        Map<String, @Nullable Object> context = context(chosen);
        String clusterName = text(context, "cluster");
        Map<String, @Nullable Object> cluster = clusters.get(clusterName);
        if (cluster == null) {
            throw refusal("cluster '" + clusterName + "' of the context", "there is none; it has " + clusters.keySet());
        }
        String field = "clusters[" + clusterName + "].cluster.";
        refuse(
                cluster,
                field,
                "insecure-skip-tls-verify",
                "whoever answers could hold the lease; give certificate-authority");
        refuse(cluster, field, "proxy-url", "proxies are not supported; use a way without one, or 'kubectl proxy'");
        URI server = server(cluster, field);
        refuseOtherServerName(cluster, field, server);
        Map<String, @Nullable Object> user = user(text(context, "user"), server);
        String userField = "users[" + text(context, "user") + "].user.";
        return new Endpoint(
                server,
                namespace != null ? namespace : namespaceOf(context),
                tls(cluster, field, user, userField, server),
                token(user, userField));
    }

    private String namespaceOf(Map<String, @Nullable Object> context) {
        String namespace = text(context, "namespace");
        if (namespace.isEmpty()) {
            return "default";
        }
        try {
            Endpoint.checkNamespace(namespace);
            return namespace;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "kubeconfig " + file + ": namespace of the context: " + e.getMessage(), e);
        }
    }

    private Map<String, @Nullable Object> context(@Nullable String chosen) {
        String name = chosen == null ? currentContext : chosen;
        if (name.isEmpty()) {
            throw refusal(
                    "current-context",
                    "not set; set it with 'kubectl config use-context', or call withContext with" + " one of "
                            + contexts.keySet());
        }
        Map<String, @Nullable Object> context = contexts.get(name);
        if (context == null) {
            throw refusal("context '" + name + "'", "there is none; it has " + contexts.keySet());
        }
        return context;
    }

    private URI server(Map<String, @Nullable Object> cluster, String field) {
        String server = text(cluster, "server");
        if (server.isEmpty()) {
            throw refusal(field + "server", "not set; write https://host:port");
        }
        return Endpoint.server("kubeconfig " + file + ": " + field + "server", server);
    }

    private void refuseOtherServerName(Map<String, @Nullable Object> cluster, String field, URI server) {
        String name = text(cluster, "tls-server-name");
        if (!name.isEmpty() && !name.equals(server.getHost())) {
            throw refusal(
                    field + "tls-server-name",
                    "'" + name + "' is another than the host of server, which is"
                            + " not supported; write into server a host that the certificate names");
        }
    }

    private Map<String, @Nullable Object> user(String name, URI server) {
        Map<String, @Nullable Object> user = users.get(name);
        boolean proxied = "http".equalsIgnoreCase(server.getScheme());
        if (user == null && (!proxied || !name.isEmpty())) {
            throw refusal("user '" + name + "' of the context", "there is none; it has " + users.keySet());
        }
        Map<String, @Nullable Object> known = user == null ? Map.of() : user;
        String field = "users[" + name + "].user.";
        String instead = "; give token, tokenFile or a client certificate, for example of a service account";
        refuse(known, field, "exec", "plugins that run a command are not supported" + instead);
        refuse(known, field, "auth-provider", "auth providers are not supported" + instead);
        refuse(known, field, "username", "basic authentication is not supported" + instead);
        refuse(known, field, "password", "basic authentication is not supported" + instead);
        for (String other : List.of("as", "as-uid", "as-groups", "as-user-extra")) {
            refuse(known, field, other, "impersonation is not supported; use the credentials of that user");
        }
        boolean any = List.of("token", "tokenFile", "client-certificate", "client-certificate-data").stream()
                .anyMatch(credential -> !text(known, credential).isEmpty());
        if (!any && !proxied) {
            throw refusal(field, "no credentials" + instead);
        }
        return known;
    }

    private @Nullable BearerToken token(Map<String, @Nullable Object> user, String field) {
        String tokenFile = text(user, "tokenFile");
        String token = text(user, "token");
        if (!tokenFile.isEmpty()) {
            try {
                return BearerToken.inFile(resolve(tokenFile));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "kubeconfig " + file + ": " + field + "tokenFile: " + e.getMessage(), e);
            }
        }
        return token.isEmpty() ? null : BearerToken.fixed("kubeconfig " + file + ": " + field + "token", token);
    }

    private TlsSource tls(
            Map<String, @Nullable Object> cluster,
            String field,
            Map<String, @Nullable Object> user,
            String userField,
            URI server) {
        Material certificate = material(user, userField, "client-certificate");
        Material key = material(user, userField, "client-key");
        if ((certificate == null) != (key == null)) {
            throw refusal(
                    userField + (key == null ? "client-key" : "client-certificate"),
                    "not set, but the other is;" + " a client certificate needs both");
        }
        return "http".equalsIgnoreCase(server.getScheme())
                ? TlsSource.NONE
                : new TlsSource(material(cluster, field, "certificate-authority"), certificate, key);
    }

    /** What is given in place counts before a file, as with kubectl. */
    private @Nullable Material material(Map<String, @Nullable Object> fields, String prefix, String field) {
        String data = text(fields, field + "-data");
        String path = text(fields, field);
        if (!data.isEmpty()) {
            return Material.ofBase64("kubeconfig " + file + ": " + prefix + field + "-data", data);
        }
        return path.isEmpty() ? null : Material.ofFile(resolve(path));
    }

    private Path resolve(String path) {
        return Objects.requireNonNull(file.getParent()).resolve(path);
    }

    private void refuse(Map<String, @Nullable Object> fields, String prefix, String field, String why) {
        Object value = fields.get(field);
        boolean unset =
                value == null || value.toString().isEmpty() || value.toString().equals("false");
        if (!unset && !(value instanceof List<?> list && list.isEmpty())) {
            throw refusal(prefix + field, why);
        }
    }

    private IllegalArgumentException refusal(String what, String why) {
        return new IllegalArgumentException("kubeconfig " + file + ": " + what + ": " + why);
    }
}
