package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.Effect;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AlertTest {
    /// Of a challenger to which 75% of the requests are mirrored now.
    private static List<String> alerts(LedgerCounts ledger) {
        Challenger base = Cast.challenger("2", Cast.CHALLENGER_SHA);
        Challenger challenger = new Challenger(base.version(), base.sha256(), base.state(), base.reason(), base.pair(),
                base.sampleRate(), ledger, base.agreement(), base.isolation(), base.effort(), base.extra(),
                Optional.empty());
        return Alert.of(List.of(Cast.model("digits", challenger)), List.of()).values().stream()
                .filter(alert -> alert.kind() == Alert.Kind.LOW_COVERAGE).map(Alert::detail).toList();
    }

    @Test
    void coverageIsOfWhatWasSampledWhateverTheRateWasBefore() {
        assertEquals(List.of(), alerts(new LedgerCounts(100_000, 10_000, 9_990, Map.of(ShedReason.STALE, 10L),
                Map.of(), 0)), "a tenth was mirrored for most of the time");
        assertEquals(List.of("80.0% of the sampled requests were compared"), alerts(new LedgerCounts(100_000, 10_000,
                8_000, Map.of(ShedReason.STALE, 1_500L), Map.of(FailureReason.RUN, 500L), 0)));
    }

    @Test
    void aLaneThatStandsStillMoreThanHalfOfTheTimeHasBackedOff() {
        ModelStatus half = Cast.model("digits");
        assertEquals(List.of(), backedOff(half));
        ModelStatus less = new ModelStatus(half.name(), half.champion(), half.challengers(), half.sampleRate(),
                new Effect(12, 0.4, half.effect().latency(), Optional.empty()), half.alerts(), half.criteria(),
                half.noise());
        assertEquals(List.of("the challengers' lane may run 40.0% of the time, because the champion was slowed down"),
                backedOff(less));
    }

    private static List<String> backedOff(ModelStatus model) {
        return Alert.of(List.of(model), List.of()).values().stream()
                .filter(alert -> alert.kind() == Alert.Kind.BACKED_OFF).map(Alert::detail).toList();
    }

    @Test
    void aSlowStartAndWhatIsInFlightAreNoLowCoverage() {
        assertEquals(List.of(), alerts(new LedgerCounts(999, 999, 0, Map.of(ShedReason.STALE, 999L), Map.of(), 0)));
        assertEquals(List.of(), alerts(new LedgerCounts(1200, 1200, 1000, Map.of(), Map.of(), 200)));
    }
}
