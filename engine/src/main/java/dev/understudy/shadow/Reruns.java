package dev.understudy.shadow;

import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.DeviceLostException;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a challenger's batches, and a share of them once more: the noise floor. Not thread-safe; owned by its line's thread,
/// which also owns the champion's session in it.
///
/// The champion is run again on a whole batch of the challenger's, chosen by its first request, so that both are timed in one
/// lane, one batch shape and one turn, and a coin says which goes first. Where the champion may not be batched so, it
/// runs request by request, and its times count for nothing. The challenger is run again on one request alone, because what a
/// batch does to an answer shows only in another batch.
final class Reruns implements AutoCloseable {
    private final RerunPlan plan;
    private final Rehearsal challenger;
    private final OrtInstance challengerSession;
    private final RunInHand inHand;
    private final Lot ofChampion;
    private final Lot ofChallenger;
    private @Nullable Second champion;

    /// The champion's session in this lane.
    private record Second(OrtInstance session, Rehearsal rehearsal, long bytes) {}

    /// What the runs of a batch gave: one outcome a request, in order, and the looks beyond them.
    record Ran(List<RunOutcome> outcomes, List<SecondLook> looks) {
        static final Ran NOTHING = new Ran(List.of(), List.of());
    }

    Reruns(RerunPlan plan, Rehearsal challenger, OrtInstance challengerSession, RunInHand inHand) {
        this.plan = plan;
        this.challenger = challenger;
        this.challengerSession = challengerSession;
        this.inHand = inHand;
        this.ofChampion = new Lot(plan.championShare(), 0x7c15d2a4b96ef013L);
        this.ofChallenger = new Lot(plan.challengerShare(), 0x51afd7ed558ccd25L);
        inHand.set(challengerSession);
    }

    /// Loads the champion a second time, if it is to be run again and there is room. That it cannot be is no reason against
    /// the challenger.
    void load(Governor governor, ModelConfig config, ShadowLimits limits, List<WarmupSample> samples) {
        ModelVersion version = plan.champion();
        if (version == null || plan.championShare() <= 0) {
            return;
        }
        long bytes = plan.sessions().take(version.file());
        if (bytes < 0) {
            plan.refusal().accept("the champion is not run again, so its own noise stays unknown:"
                    + " no room for one more session (second_sessions_bytes_max)");
            return;
        }
        Lane lane = governor.lane();
        Guard guard = governor.guardOfChampion(version);
        OrtInstance session = null;
        try {
            session = guard.run(() -> lane.load(version.title(), version.file(), lane.intraOpThreads(1),
                    config.triton().tensors()));
            champion = new Second(session, Rehearsal.prepare(session, guard, version.model(), config, limits, samples),
                    bytes);
        } catch (DeviceLostException e) {
            if (session != null) {
                session.close();
            }
            plan.sessions().giveBack(bytes);
            throw e;
        } catch (ModelLoadException | RuntimeException | Error e) {
            if (session != null) {
                session.close();
            }
            plan.sessions().giveBack(bytes);
            plan.refusal().accept("the champion is not run again, so its own noise stays unknown: " + e.getMessage());
        }
    }

    /// Runs a batch.
    ///
    /// @param pressed the line cannot keep up, so what is not needed is shed
    Ran run(List<Mirrored> batch, boolean pressed) {
        if (batch.isEmpty()) {
            return Ran.NOTHING;
        }
        long draw = Sampler.draw(batch.getFirst().request().requestId());
        Second second = ofChampion.chooses(draw) && !shed(batch, champion != null && pressed) ? champion : null;
        List<RunOutcome> outcomes;
        List<SecondLook> looks = new ArrayList<>();
        if (second == null) {
            outcomes = challenger.run(batch);
        } else if (Lot.COIN.chooses(draw)) {
            List<RunOutcome> again = again(second, batch);
            outcomes = challenger.run(batch);
            look(batch, outcomes, again, looks);
        } else {
            outcomes = challenger.run(batch);
            look(batch, outcomes, again(second, batch), looks);
        }
        try {
            repeat(batch, outcomes, pressed, looks);
        } catch (DeviceLostException e) {
            looks.forEach(look -> plan.ledger().shed(ShedReason.RETIRED));
            throw e;
        }
        return new Ran(outcomes, looks);
    }

    private boolean shed(List<Mirrored> batch, boolean pressed) {
        if (pressed) {
            for (Mirrored mirrored : batch) {
                if (mirrored.champion() instanceof InferenceResponse) {
                    plan.ledger().sampled();
                    plan.ledger().shed(ShedReason.OVER_BUDGET);
                }
            }
        }
        return pressed;
    }

    private List<RunOutcome> again(Second second, List<Mirrored> batch) {
        inHand.set(second.session());
        try {
            if (mayStack(second, batch)) {
                return second.rehearsal().run(batch);
            }
            List<RunOutcome> outcomes = new ArrayList<>(batch.size());
            for (Mirrored mirrored : batch) {
                outcomes.addAll(second.rehearsal().run(List.of(mirrored)));
            }
            return outcomes;
        } finally {
            inHand.set(challengerSession);
        }
    }

    /// Whether the champion gives to these requests together what it gives to each.
    private static boolean mayStack(Second second, List<Mirrored> batch) {
        long rows = 0;
        for (Mirrored mirrored : batch) {
            rows += mirrored.request().rows();
            if (batch.size() > 1 && !BatchRunner.joins(second.rehearsal().signature(), batch.getFirst().request(),
                    mirrored.request())) {
                return false;
            }
        }
        return batch.size() == 1 || rows <= second.rehearsal().rowsMax();
    }

    private void look(List<Mirrored> batch, List<RunOutcome> outcomes, List<RunOutcome> again,
            List<SecondLook> looks) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i).champion() instanceof InferenceResponse first) {
                plan.ledger().sampled();
                looks.add(new SecondLook.OfChampion(batch.get(i), first, outcomes.get(i), again.get(i)));
            }
        }
    }

    private void repeat(List<Mirrored> batch, List<RunOutcome> outcomes, boolean pressed, List<SecondLook> looks) {
        for (int i = 0; i < batch.size(); i++) {
            Mirrored mirrored = batch.get(i);
            if (outcomes.get(i) instanceof RunOutcome.Answered
                    && ofChallenger.chooses(Sampler.draw(mirrored.request().requestId()))) {
                if (pressed) {
                    plan.ledger().sampled();
                    plan.ledger().shed(ShedReason.OVER_BUDGET);
                } else {
                    RunOutcome again = challenger.run(List.of(mirrored)).getFirst();
                    plan.ledger().sampled();
                    looks.add(new SecondLook.OfChallenger(mirrored, outcomes.get(i), again));
                }
            }
        }
    }

    /// Frees the champion's session. On the owning thread.
    @Override
    public void close() {
        inHand.clear();
        Second second = champion;
        if (second != null) {
            champion = null;
            second.session().close();
            plan.sessions().giveBack(second.bytes());
        }
    }
}
