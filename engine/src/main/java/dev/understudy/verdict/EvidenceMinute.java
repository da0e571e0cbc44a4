package dev.understudy.verdict;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The sufficient statistics of one criterion over one minute and segment: a row of the journal. Immutable.
///
/// Rows of the same minute, criterion and segment add up by [#plus]. All numbers are whole, so sums are the same to the
/// digit in whatever order they are taken.
///
/// @param minute    minutes since the epoch, UTC
/// @param criterion [Criterion#key], or one of [Criteria#background]
/// @param segment   empty for none
/// @param good      observations of value 1
/// @param even      of value 1/2: both right, or both wrong
/// @param bad       of value 0
/// @param lost      runs cut short: bad for passing, left out for failing
/// @param payload   what counts cannot say (scores, run times, memory), read-only and in this package's own encoding;
///                  null for criteria of counts
public record EvidenceMinute(long minute, String criterion, String segment, long good, long even, long bad, long lost,
        @Nullable ByteBuffer payload) {
    public EvidenceMinute {
        payload = payload == null ? null : payload.slice().asReadOnlyBuffer();
    }

    /// The sum of two rows of the same minute, criterion and segment.
    ///
    /// @throws IllegalArgumentException when they are not
    public EvidenceMinute plus(EvidenceMinute other) {
        if (minute != other.minute || !criterion.equals(other.criterion) || !segment.equals(other.segment)) {
            throw new IllegalArgumentException("rows of different minutes, criteria or segments do not add");
        }
        return new EvidenceMinute(minute, criterion, segment, good + other.good, even + other.even, bad + other.bad,
                lost + other.lost, Payload.plus(payload, other.payload));
    }

    @Override
    public @Nullable ByteBuffer payload() {
        return payload == null ? null : payload.duplicate();
    }
}
