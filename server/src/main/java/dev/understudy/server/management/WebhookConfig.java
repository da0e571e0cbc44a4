package dev.understudy.server.management;

import java.net.URI;
import java.time.Duration;

/// Where alerts are sent. Immutable; keeps the secret to itself.
public final class WebhookConfig {
    /// First wait after a delivery that failed; it doubles with each.
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    /// An attempt that takes longer has failed.
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(10);

    private final URI url;
    private final String secret;
    private final Duration firstWait;
    private final Duration attemptMax;

    WebhookConfig(URI url, String secret, Duration firstWait, Duration attemptMax) {
        this.url = url;
        this.secret = secret;
        this.firstWait = firstWait;
        this.attemptMax = attemptMax;
    }

    /// Where alerts are posted, as configured.
    ///
    /// @param url    http or https
    /// @param secret what both sides know, one word
    /// @throws IllegalArgumentException when the address is none that can be posted to
    public static WebhookConfig of(URI url, String secret) {
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException("an address such as https://example.org/hook is expected");
        }
        return new WebhookConfig(url, secret, FIRST_WAIT, ATTEMPT_MAX);
    }

    URI url() {
        return url;
    }

    String secret() {
        return secret;
    }

    Duration firstWait() {
        return firstWait;
    }

    Duration attemptMax() {
        return attemptMax;
    }
}
