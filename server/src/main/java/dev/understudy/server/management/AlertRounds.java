package dev.understudy.server.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Tells a webhook what begins and what ends of all there is to know of. Not thread-safe; looks on its one thread,
/// `understudy-alerts`.
final class AlertRounds implements AutoCloseable {
    private static final long INTERVAL_SECONDS = 5;

    private final ControlView view;
    private final Webhook webhook;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("understudy-alerts").daemon(true).factory());
    /// What the webhook has taken as firing and not yet as resolved.
    private final Map<Alert.Key, Alert> told = new LinkedHashMap<>();

    AlertRounds(ControlView view, Webhook webhook) {
        this.view = view;
        this.webhook = webhook;
    }

    void start() {
        var unused = thread.scheduleWithFixedDelay(() -> {
            try {
                look();
            } catch (RuntimeException e) {
                // An exception would end all later rounds.
                view.fault("looking for alerts failed: " + e);
            }
        }, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    /// Sends what is new and what is over since the last look. What finds no room is not told yet, so the next look tries
    /// again.
    void look() {
        Map<Alert.Key, Alert> now = Alert.of(view.status(), view.alerts());
        now.forEach((key, alert) -> {
            if (told.containsKey(key) || webhook.send(message(alert, "firing"))) {
                told.put(key, alert);
            }
        });
        told.values().removeIf(
                alert -> !now.containsKey(alert.key()) && webhook.send(message(alert, "resolved")));
    }

    private static String message(Alert alert, String status) {
        ObjectNode node = Answer.object().put("alert", alert.kind().label()).put("status", status)
                .put("model", alert.model()).put("challenger", alert.challenger()).put("subject", alert.subject())
                .put("detail", alert.detail()).put("at", StatusJson.time(System.currentTimeMillis()));
        return node.toString();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        webhook.close();
    }
}
