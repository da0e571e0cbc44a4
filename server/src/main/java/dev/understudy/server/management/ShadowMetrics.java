package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.engine.ModelStatus.Version;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.SessionMemory;
import dev.understudy.server.management.Exposition.Family;
import dev.understudy.shadow.LatencyRatio;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The account of every challenger. The whole ledger of one challenger comes from one snapshot, so it balances within
/// a scrape.
final class ShadowMetrics {
    private final Exposition page;
    private final List<Account> accounts;

    private ShadowMetrics(Exposition page, List<Account> accounts) {
        this.page = page;
        this.accounts = accounts;
    }

    /// One challenger and the labels that tell it from all others.
    private record Account(String labels, Challenger challenger) {
        String with(String label, String value) {
            return labels + "," + Exposition.labels(label, value);
        }
    }

    static void write(Exposition page, List<ModelStatus> models) {
        List<Account> accounts = new ArrayList<>();
        for (ModelStatus model : models) {
            for (Challenger challenger : model.challengers()) {
                accounts.add(new Account(labels(model, challenger), challenger));
            }
        }
        ShadowMetrics metrics = new ShadowMetrics(page, accounts);
        metrics.ledger();
        metrics.extraLooks();
        metrics.ratios();
        metrics.states();
        champions(page, models);
        memory(page, models);
    }

    /// What tells a challenger from all others.
    static String labels(ModelStatus model, Challenger challenger) {
        Version champion = model.champion().orElse(new Version("", ""));
        return Exposition.labels("model", model.name(), "champion", champion.version(), "champion_sha",
                ChallengerLookup.shortSha(champion.sha256()), "challenger", challenger.version(), "challenger_sha",
                ChallengerLookup.shortSha(challenger.sha256()));
    }

    private void ledger() {
        counter("understudy_shadow_sampled_total", "Requests chosen for the shadow", each -> each.ledger().sampled());
        counter("understudy_shadow_compared_total", "Requests whose two answers were compared",
                each -> each.ledger().compared());
        counter("understudy_shadow_agreed_total", "Comparisons in which the answers agreed",
                each -> each.agreement().agreed());
        Family seconds = page.family("understudy_shadow_device_seconds_total", "counter",
                "Device time of the challenger's runs since it began to shadow in this process");
        for (Account account : accounts) {
            seconds.sample(account.labels(), account.challenger().effort().deviceSeconds());
        }
        losses("understudy_shadow", "Sampled requests", "the challenger ran", Challenger::ledger);
    }

    /// Probes and second runs, each with the law of the ledger and apart from it.
    private void extraLooks() {
        counter("understudy_shadow_probe_sampled_total", "Requests chosen for a latency probe",
                each -> each.extra().probes().sampled());
        counter("understudy_shadow_probe_answered_total", "Latency probes that were answered",
                each -> each.extra().probes().compared());
        losses("understudy_shadow_probe", "Chosen latency probes", "they ran", each -> each.extra().probes());
        counter("understudy_shadow_rerun_sampled_total", "Requests chosen for a second run, by champion or challenger",
                each -> each.extra().reruns().sampled());
        counter("understudy_shadow_rerun_compared_total", "Second runs that told something",
                each -> each.extra().reruns().compared());
        losses("understudy_shadow_rerun", "Chosen second runs", "they ran", each -> each.extra().reruns());
    }

    /// Everything of an account that is neither chosen nor done.
    private void losses(String prefix, String what, String before, Function<Challenger, LedgerCounts> ledger) {
        Family shed = page.family(prefix + "_shed_total", "counter",
                what + " dropped before " + before + ", by reason");
        for (Account account : accounts) {
            for (ShedReason reason : ShedReason.values()) {
                shed.sample(account.with("reason", reason.label()),
                        ledger.apply(account.challenger()).shed().getOrDefault(reason, 0L));
            }
        }
        Family failed = page.family(prefix + "_failed_total", "counter",
                what + " lost at or after the run, by reason");
        for (Account account : accounts) {
            for (FailureReason reason : FailureReason.values()) {
                failed.sample(account.with("reason", reason.label()),
                        ledger.apply(account.challenger()).failed().getOrDefault(reason, 0L));
            }
        }
        Family inFlight = page.family(prefix + "_in_flight", "gauge", what + " waiting, running or being compared");
        for (Account account : accounts) {
            inFlight.sample(account.labels(), ledger.apply(account.challenger()).inFlight());
        }
    }

    private void ratios() {
        ratio("understudy_shadow_coverage_ratio", "Compared over champion answers since shadowing began",
                each -> each.ledger().coverage());
        ratio("understudy_shadow_agreement_ratio", "Agreed over compared; absent before the first comparison",
                each -> each.agreement().rate());
        ratio("understudy_shadow_sample_ratio", "Share of requests that is mirrored", Challenger::sampleRate);
        ratio("understudy_shadow_effective_sample_ratio",
                "Share of requests that the challenger takes now, less while it cannot keep up",
                each -> each.effort().sampleRate());
        ratio("understudy_shadow_cost_ratio",
                "Device time a compared request over device time a served one; absent before both are known",
                each -> each.effort().costRatio());
    }

    private void states() {
        Family family = page.family("understudy_challenger_state", "gauge", "1 for the state the challenger is in");
        for (Account account : accounts) {
            for (State state : State.values()) {
                family.sample(account.with("state", state.label()), account.challenger().state() == state ? 1 : 0);
            }
        }
        Family isolation = page.family("understudy_shadow_isolation", "gauge",
                "1 for the level achieved of what keeps the challenger off the champion");
        for (Account account : accounts) {
            for (Isolation level : Isolation.values()) {
                isolation.sample(account.with("isolation", level.label()),
                        account.challenger().isolation() == level ? 1 : 0);
            }
        }
    }

    /// What sessions have of a GPU's memory. Of those of which it is not known there is nothing.
    private static void memory(Exposition page, List<ModelStatus> models) {
        Family taken = page.family("understudy_session_memory_bytes", "gauge",
                "Memory of the GPU that sessions have taken for tensors and weights, by role; absent on the processors");
        samples(taken, models, SessionMemory::bytes);
        Family peak = page.family("understudy_session_memory_peak_bytes", "gauge",
                "The most of it that was in use at once");
        samples(peak, models, SessionMemory::peakBytes);
    }

    private static void samples(Family family, List<ModelStatus> models, ToLongFunction<SessionMemory> value) {
        for (ModelStatus model : models) {
            model.champion().ifPresent(champion -> model.effect().memory().ifPresent(known -> family
                    .sample(session(model, champion.version(), "champion"), value.applyAsLong(known))));
            for (Challenger challenger : model.challengers()) {
                challenger.effort().memory().ifPresent(known -> family
                        .sample(session(model, challenger.version(), "challenger"), value.applyAsLong(known)));
            }
        }
    }

    private static String session(ModelStatus model, String version, String role) {
        return Exposition.labels("model", model.name(), "version", version, "role", role);
    }

    /// What shadowing does to each champion.
    private static void champions(Exposition page, List<ModelStatus> models) {
        Family seconds = page.family("understudy_champion_device_seconds_total", "counter",
                "Device time of the champion's runs");
        for (ModelStatus model : models) {
            seconds.sample(Exposition.labels("model", model.name()), model.effect().deviceSeconds());
        }
        Family duty = page.family("understudy_shadow_duty_ratio", "gauge",
                "Share of the time in which a challenger's run may be in progress");
        for (ModelStatus model : models) {
            duty.sample(Exposition.labels("model", model.name()), model.effect().duty());
        }
        Family latency = page.family("understudy_shadow_champion_latency_ratio", "gauge",
                "The champion's latency with challengers at work over that with them off; absent before both are known");
        for (ModelStatus model : models) {
            LatencyRatio ratio = model.effect().latency();
            quantile(latency, model, "0.5", ratio.p50());
            quantile(latency, model, "0.95", ratio.p95());
            quantile(latency, model, "0.99", ratio.p99());
        }
    }

    private static void quantile(Family family, ModelStatus model, String quantile, double value) {
        if (!Double.isNaN(value)) {
            family.sample(Exposition.labels("model", model.name(), "quantile", quantile), value);
        }
    }

    private void counter(String name, String help, ToLongFunction<Challenger> value) {
        Family family = page.family(name, "counter", help);
        for (Account account : accounts) {
            family.sample(account.labels(), value.applyAsLong(account.challenger()));
        }
    }

    private void ratio(String name, String help, ToDoubleFunction<Challenger> value) {
        Family family = page.family(name, "gauge", help);
        for (Account account : accounts) {
            double ratio = value.applyAsDouble(account.challenger());
            if (!Double.isNaN(ratio)) {
                family.sample(account.labels(), ratio);
            }
        }
    }
}
