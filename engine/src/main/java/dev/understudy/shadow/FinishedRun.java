package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import java.util.List;
import java.util.function.Consumer;

/// Requests that one run answered, for the comparer, which ends their time in flight. Same order in both lists.
///
/// @param refused requests that the challenger cannot take, which no run had
/// @param looks   second runs of some of them, which the comparer books apart
/// @param release gives back the queue's room of one request, when it is booked
public record FinishedRun(List<Mirrored> requests, List<RunOutcome> outcomes, List<Mirrored> refused,
        List<SecondLook> looks, Consumer<Mirrored> release) {}
