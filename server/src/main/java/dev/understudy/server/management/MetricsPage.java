package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.server.management.ControlView.JournalHealth;
import dev.understudy.server.management.Exposition.Family;
import dev.understudy.shadow.Maintenance;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Supplier;

/// `/metrics`: serving and GPU metrics under Triton's names, the shadow's ledgers, the journal and the JVM. Thread-safe.
///
/// Every scrape is written anew from one picture of the engine, so a ledger balances within a scrape and a challenger
/// that is gone leaves nothing behind.
final class MetricsPage implements AutoCloseable {
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ControlView view;
    private final Supplier<Webhook.Counts> webhook;
    private final PrometheusMeterRegistry jvm = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    MetricsPage(ControlView view) {
        this(view, () -> new Webhook.Counts(0, 0, 0, 0));
    }

    /// @param webhook what became of the alerts that were sent
    MetricsPage(ControlView view, Supplier<Webhook.Counts> webhook) {
        this.view = view;
        this.webhook = webhook;
        new JvmMemoryMetrics().bindTo(jvm);
        new JvmThreadMetrics().bindTo(jvm);
        gc.bindTo(jvm);
    }

    String scrape() {
        Exposition page = new Exposition();
        page.family("understudy_ready", "gauge",
                "1 when at least one champion can answer and no stop was asked for")
                .sample("", view.ready() ? 1 : 0);
        ServingMetrics.write(page, view.statistics());
        List<ModelStatus> models = view.status();
        ShadowMetrics.write(page, models);
        VerdictMetrics.write(page, models);
        maintenance(page, view.maintenance());
        view.gpu().ifPresent(gpu -> GpuMetrics.write(page, gpu));
        page.family("understudy_client_connection_faults_total", "counter",
                "Connections that a client reset or on which it broke the protocol, since the start")
                .sample("", view.clientConnectionFaults());
        journal(page, view.journal());
        webhook(page, webhook.get());
        page.append(jvm.scrape(Exposition.CONTENT_TYPE));
        return page.toString();
    }

    private static void maintenance(Exposition page, Maintenance.Account account) {
        page.family("understudy_maintenance_running", "gauge",
                "1 while a session is loaded, warmed up or closed, which may hold champions up").sample("",
                        account.running() ? 1 : 0);
        page.family("understudy_maintenance_seconds_total", "counter", "How long there was such work, since the start")
                .sample("", account.nanos() / NANOS_PER_SECOND);
        page.family("understudy_maintenance_champion_answers_total", "counter",
                "What champions with a challenger answered meanwhile").sample("", account.answers());
        page.family("understudy_maintenance_champion_latency_seconds_max", "gauge",
                "The longest of these took so long from admission to the answer").sample("",
                        account.slowestNanos() / NANOS_PER_SECOND);
    }

    private static void journal(Exposition page, JournalHealth journal) {
        page.family("understudy_journal_committed_sequence", "gauge", "Number of the last durable comparison")
                .sample("", journal.committed().sequence());
        page.family("understudy_journal_committed_timestamp_seconds", "gauge",
                "Wall clock of the last commit, seconds since the epoch; 0 before the first")
                .sample("", journal.committed().timeMillis() / MILLIS_PER_SECOND);
        page.family("understudy_journal_lost_rows_total", "counter", "Rows given up since the start").sample("",
                journal.lostRows());
        page.family("understudy_journal_failed", "gauge", "1 while nothing can be written").sample("",
                journal.failure().isPresent() ? 1 : 0);
    }

    private static void webhook(Exposition page, Webhook.Counts counts) {
        Family family = page.family("understudy_webhook_alerts_total", "counter",
                "Alerts by what became of them: delivered, failed after the last attempt, dropped for want of room");
        family.sample(Exposition.labels("outcome", "delivered"), counts.delivered());
        family.sample(Exposition.labels("outcome", "failed"), counts.failed());
        family.sample(Exposition.labels("outcome", "dropped"), counts.dropped());
    }

    @Override
    public void close() {
        gc.close();
        jvm.close();
    }
}
