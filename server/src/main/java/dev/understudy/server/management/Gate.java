package dev.understudy.server.management;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who may use the guarded part of the API. Immutable.
///
/// Without a token only the machine itself can connect, but that includes its browsers: a page from elsewhere whose
/// name is made to resolve to loopback could read everything. Such a request still bears the page's host name.
final class Gate {
    private static final Pattern LOOPBACK = Pattern
            .compile("localhost|.*\\.localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?");

    /// What browsers call a page of another origin, a port of this machine's own among them.
    private static final Set<String> SITES_ELSEWHERE = Set.of("cross-site", "same-site");

    private final @Nullable Token token;
    private final String listeningHost;

    Gate(ManagementConfig config) {
        this.token = config.token();
        this.listeningHost = config.host().toLowerCase(Locale.ROOT);
    }

    /// The refusal, or empty for a caller who may pass.
    Optional<Answer.Json> refusal(HttpServerRequest request) {
        if (token != null) {
            return token.matches(request.getHeader(HttpHeaders.AUTHORIZATION))
                    ? Optional.empty()
                    : Optional.of(Answer.error(401, "this needs the management token: Authorization: Bearer ..."));
        }
        HostAndPort authority = request.authority();
        if (authority != null && !isOwnName(authority.host().toLowerCase(Locale.ROOT))) {
            return Optional.of(Answer.error(403, "without a management token only requests to localhost are answered"));
        }
        return isFromOtherPage(request.getHeader(HttpHeaders.ORIGIN), authority)
                || SITES_ELSEWHERE.contains(String.valueOf(request.getHeader("Sec-Fetch-Site")))
                        ? Optional.of(
                                Answer.error(403, "without a management token pages from elsewhere are not answered"))
                        : Optional.empty();
    }

    /// A page from elsewhere may send a plain POST to this address without asking; its browser then says where it is from.
    private static boolean isFromOtherPage(@Nullable String origin, @Nullable HostAndPort own) {
        if (origin == null) {
            return false;
        }
        try {
            String authority = new URI(origin).getAuthority();
            return authority == null || own == null || !authority.equalsIgnoreCase(own.toString());
        } catch (URISyntaxException e) {
            return true;
        }
    }

    private boolean isOwnName(String host) {
        return host.equals(listeningHost) || LOOPBACK.matcher(host).matches();
    }
}
