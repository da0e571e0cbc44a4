package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Terms;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TestLanes;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.HeapBudget;
import dev.understudy.shadow.Ledger;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.Pairing;
import dev.understudy.shadow.RunMarks;
import dev.understudy.shadow.Segments;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who has the account of an evaluation when its bytes come under another name, or again.
class AccountsTest {
    private static final String BYTES = "b".repeat(64);
    private static final Signature SIGNATURE = new Signature(
            List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, 1))),
            List.of(new TensorSpec("out", DataType.FP32, Shape.of(-1, 1))), true);

    private final Journal journal;
    private final PairEvaluation evaluation;
    private final Lanes lanes = TestLanes.asOnAGpu("");
    private final Governor governor = new Governor(lanes, 1, new HeapBudget(1), RunMarks.inMemory(1), loss -> {});
    private final HostedModel model = new HostedModel("m", governor);

    AccountsTest(@TempDir Path folder) throws Exception {
        journal = Journal.open(folder, JournalLimits.DEFAULTS);
        evaluation = new PairEvaluation("m", new Pair("m", "a".repeat(64), BYTES, "rules"), Terms.NONE, journal,
                ((Pairing.Attempt.Paired) Pairing.of(SIGNATURE, SIGNATURE, Map.of())).pairing(),
                new Ledger(LedgerCounts.ZERO), new Segments(), new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    @AfterEach
    void close() throws Exception {
        governor.close();
        lanes.close();
        journal.close();
    }

    private static ModelVersion version(String name) {
        return new ModelVersion("m", name, BYTES, Path.of("m.onnx"), 0);
    }

    private Challenger listed(String name, State state) {
        Challenger challenger = new Challenger(version(name), evaluation, null);
        challenger.enter(state, "");
        model.roster().add(challenger);
        return challenger;
    }

    @Test
    void theAccountOfAnEndedVersionGoesOnBeingSavedUnderItsNewName() {
        listed("2", State.RETIRED);
        assertEquals(Optional.of(evaluation), model.roster().ended(BYTES));
        Challenger renamed = listed("3", State.PROBATION);
        assertEquals(List.of(renamed), model.roster().listed());
        assertEquals(Set.of(evaluation), renamed.unsettled());
    }

    @Test
    void aRefusedVersionKeepsTheAccountAndGivesItToWhoeverTakesItsPlace() {
        Challenger refused = listed("2", State.REFUSED);
        assertEquals(Set.of(evaluation), refused.unsettled());
        assertEquals(Optional.of(evaluation), model.roster().ended(BYTES));
        Challenger again = listed("2", State.PROBATION);
        assertEquals(List.of(again), model.roster().listed());
    }

    @Test
    void ofVersionsThatDoNotRehearseTheOneWithAnEvaluationHoldsTheAccount() {
        Challenger first = new Challenger(version("2"));
        first.enter(State.REFUSED, "");
        model.roster().add(first);
        Challenger second = listed("3", State.REFUSED);
        Billing billing = Billing.of(model.roster().listed());
        assertFalse(billing.holdsAccount(first));
        assertTrue(billing.holdsAccount(second));
    }
}
