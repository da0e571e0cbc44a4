package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.engine.ModelStatus.Version;
import dev.understudy.runtime.Isolation;
import dev.understudy.server.management.Exposition.Family;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.List;
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
            Version champion = model.champion().orElse(new Version("", ""));
            for (Challenger challenger : model.challengers()) {
                String labels = Exposition.labels("model", model.name(), "champion", champion.version(),
                        "champion_sha", ChallengerLookup.shortSha(champion.sha256()), "challenger",
                        challenger.version(), "challenger_sha", ChallengerLookup.shortSha(challenger.sha256()));
                accounts.add(new Account(labels, challenger));
            }
        }
        ShadowMetrics metrics = new ShadowMetrics(page, accounts);
        metrics.ledger();
        metrics.ratios();
        metrics.states();
    }

    private void ledger() {
        counter("understudy_shadow_sampled_total", "Requests chosen for the shadow", each -> each.ledger().sampled());
        counter("understudy_shadow_compared_total", "Requests whose two answers were compared",
                each -> each.ledger().compared());
        counter("understudy_shadow_agreed_total", "Comparisons in which the answers agreed",
                each -> each.agreement().agreed());
        Family shed = page.family("understudy_shadow_shed_total", "counter",
                "Sampled requests dropped before the challenger ran, by reason");
        for (Account account : accounts) {
            for (ShedReason reason : ShedReason.values()) {
                shed.sample(account.with("reason", reason.label()),
                        account.challenger().ledger().shed().getOrDefault(reason, 0L));
            }
        }
        Family failed = page.family("understudy_shadow_failed_total", "counter",
                "Sampled requests lost at or after the challenger's run, by reason");
        for (Account account : accounts) {
            for (FailureReason reason : FailureReason.values()) {
                failed.sample(account.with("reason", reason.label()),
                        account.challenger().ledger().failed().getOrDefault(reason, 0L));
            }
        }
        Family inFlight = page.family("understudy_shadow_in_flight", "gauge",
                "Sampled requests waiting, running or being compared");
        for (Account account : accounts) {
            inFlight.sample(account.labels(), account.challenger().ledger().inFlight());
        }
    }

    private void ratios() {
        ratio("understudy_shadow_coverage_ratio", "Compared over champion answers since shadowing began",
                each -> each.ledger().coverage());
        ratio("understudy_shadow_agreement_ratio", "Agreed over compared; absent before the first comparison",
                each -> each.agreement().rate());
        ratio("understudy_shadow_sample_ratio", "Share of requests that is mirrored", Challenger::sampleRate);
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
