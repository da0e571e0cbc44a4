package dev.understudy.verdict;

import dev.understudy.diff.Difference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing the shadow side saw, as the evidence takes it. Immutable.
///
/// Every request that was run on the challenger gives exactly one [Compared] or [Failed]. The rest are extra looks at
/// some of them, and give nothing to the criteria that those two feed.
///
/// Where an observation carries differences, the first is by the model's own comparators, and the others are by
/// [Criteria#rules], in that order. A list shorter than that gives nothing to the criteria it leaves out.
public sealed interface Observation {
    /// When it was seen, in minutes since the epoch, UTC.
    long minute();

    /// The segment under which the request is recorded, null for none. The caller bounds how many there are.
    @Nullable
    String segment();

    /// A second segment under which it counts, that of its label's class; null for none. The class says nothing about where
    /// the request came from, so a request may be found out under either.
    default @Nullable String labelSegment() {
        return null;
    }

    /// Both answered.
    ///
    /// @param championNanos how long the champion's run took when it served the request
    /// @param differences   challenger against champion
    record Compared(long minute, @Nullable String segment, long championNanos,
            List<Difference> differences) implements Observation {
        public Compared {
            differences = List.copyOf(differences);
        }
    }

    /// At least one of the two did not answer.
    ///
    /// @param championAnswered false when the champion failed on the request
    /// @param challenger       why the challenger did not answer, null when it did. An answer of its own that is an error
    ///                         ([FailureReason#RUN], or [FailureReason#INCOMPATIBLE] with a request the champion took)
    ///                         counts as an error and as a disagreement. A run that was cut short
    ///                         ([FailureReason#TIMEOUT]) stands against promotion and is left out of rejection, since the
    ///                         lane may have been the cause
    record Failed(long minute, @Nullable String segment, boolean championAnswered,
            @Nullable FailureReason challenger) implements Observation {}

    /// A latency probe: the challenger alone, in the champion's batch shape and scheduling class.
    ///
    /// @param nanos how long it took from hand-over to answer; negative when it failed
    record Probed(long minute, @Nullable String segment, long nanos) implements Observation {}

    /// A latency probe was cut short. It stands against promotion and is left out of rejection.
    record ProbeCutShort(long minute, @Nullable String segment) implements Observation {}

    /// The champion was run once more on a request, in the challenger's lane and batch shape, and a fair coin said which of
    /// the two ran first.
    ///
    /// @param challenger      challenger against the champion's first answer; empty when the challenger failed
    /// @param champion        champion's second answer against its first; empty when the second run failed
    /// @param challengerNanos of the challenger's run in that lane; negative when it failed
    /// @param championNanos   of the champion's second run; negative when it failed, and when it had another batch shape, which
    ///                        leaves the times out
    record Rerun(long minute, @Nullable String segment, List<Difference> challenger, List<Difference> champion,
            long challengerNanos, long championNanos) implements Observation {
        public Rerun {
            challenger = List.copyOf(challenger);
            champion = List.copyOf(champion);
        }
    }

    /// The champion was run once more on a request on which the challenger's run was cut short. What is asked of the two
    /// stands against promotion and is left out of rejection.
    ///
    /// @param champion      as of a [Rerun]
    /// @param championNanos as of a [Rerun]
    record RerunCutShort(long minute, @Nullable String segment, List<Difference> champion,
            long championNanos) implements Observation {
        public RerunCutShort {
            champion = List.copyOf(champion);
        }
    }

    /// The challenger was run once more on a request.
    ///
    /// @param differences its second answer against its first
    record Repeated(long minute, @Nullable String segment, List<Difference> differences) implements Observation {
        public Repeated {
            differences = List.copyOf(differences);
        }
    }

    /// A label came in for a request both were asked, and was joined with what they had answered.
    ///
    /// @param minute     when it was joined, which may be long after the request
    /// @param segment    the request's; it does not begin with [#CLASS]
    /// @param labelSegment [#CLASS] and the class of its label; null where classes are not told apart
    /// @param measure    what `champion` and `challenger` are
    /// @param champion   the champion's: 1 right, 0 wrong for [LabelMeasure#ACCURACY]; else its loss, at least 0
    /// @param challenger the challenger's; where it failed, 0 for accuracy and infinity for a loss
    /// @param draw       evenly spread from 0 to 1 over requests, 1 excluded; by it a score is rounded up or down
    record Labelled(long minute, @Nullable String segment, @Nullable String labelSegment, LabelMeasure measure,
            double champion, double challenger, double draw) implements Observation {
        /// How the segments of classes begin: `label=8`.
        public static final String CLASS = "label=";
    }

    /// A label came in for a request on which the challenger's run was cut short. It stands against promotion and is left
    /// out of rejection.
    record LabelledCutShort(long minute, @Nullable String segment, @Nullable String labelSegment,
            LabelMeasure measure) implements Observation {}

    /// A sample of the memory in use while the challenger is shadowed, at least one in ten minutes.
    ///
    /// @param segment names the process it is of: growth is asked of each on its own, since one that starts anew starts small
    /// @param bytes   resident, or live after a collection: the same thing throughout an evaluation
    record Memory(long minute, @Nullable String segment, long bytes) implements Observation {}

    /// What a request cost the device: a batch's run divided by its requests.
    record DeviceTime(long minute, @Nullable String segment, long nanos) implements Observation {}

    /// A sampled request that was dropped before it ran. It says nothing about the challenger; it is kept to tell whether
    /// what was dropped differs from what was compared.
    ///
    /// @param championNanos how long the champion's run took when it served the request; negative when it failed
    record Shed(long minute, @Nullable String segment, long championNanos) implements Observation {}
}
