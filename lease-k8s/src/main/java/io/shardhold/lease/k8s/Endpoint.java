package io.shardhold.lease.k8s;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API server, a namespace, and by what right: what {@link KubernetesAccess} comes to.
 *
 * @param server without a slash at the end
 * @param token null where a certificate or a proxy says who we are
 */
record Endpoint(
        URI server,
        String namespace,
        TlsSource tls,
        @Nullable BearerToken token) {
    private static final int MOST_PORT = 65_535;
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    Endpoint {
        checkNamespace(namespace);
    }

    /** @throws IllegalArgumentException naming {@code where}, the value and the remedy */
    static URI server(String where, String text) {
        URI uri;
        try {
            uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(where + " is no URL" + shown(text) + "; write https://host:port");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean plain = scheme.equals("http");
        if (uri.getHost() == null
                || !(plain || scheme.equals("https"))
                || uri.getUserInfo() != null
                || uri.getPort() > MOST_PORT
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            throw new IllegalArgumentException(where + " is no URL of an API server" + shown(text)
                    + "; write https://host:port, without user, query and fragment");
        }
        if (plain && !LOOPBACK.matcher(uri.getHost()).matches()) {
            throw new IllegalArgumentException(where + " is '" + text
                    + "': without TLS anybody on the way reads the token and holds the lease; use https, or 'kubectl proxy'"
                    + " on this host");
        }
        return uri;
    }

    /** Not what has a password in it, perhaps. */
    private static String shown(String url) {
        return url.contains("@") ? "" : ": '" + url + "'";
    }

    /** @throws IllegalArgumentException naming the value and the rule */
    static void checkNamespace(String namespace) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to 63 of a-z, 0-9 and '-', neither first nor last a '-', was '" + namespace
                            + "': give the one that 'kubectl get namespaces' shows");
        }
    }

    boolean isTls() {
        return "https".equalsIgnoreCase(server.getScheme());
    }

    /** No secrets. */
    @Override
    public String toString() {
        return server + " namespace " + namespace;
    }
}
