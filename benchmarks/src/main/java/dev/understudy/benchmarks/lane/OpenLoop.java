package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Load that does not wait for answers: requests are sent when they are due, late ones at once, and every latency counts
/// from when it was due. One thread sends. Not thread-safe; owned by the thread that measures.
public final class OpenLoop {
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 3;
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long settleNanos;
    private final long lengthNanos;

    /// What one span of load showed. Latencies in nanoseconds.
    ///
    /// @param answered      latencies of answers whose requests were due after the load had settled
    /// @param refused       latencies of refusals, likewise
    /// @param late          how late requests were sent
    /// @param sent          all requests
    /// @param answers       all answers
    /// @param good          answers that came while the settled load lasted
    /// @param seconds       for which it lasted
    /// @param senderSeconds processor time of the sending thread
    public record Outcome(Histogram answered, Histogram refused, Histogram late, long sent, long answers, long good,
            double seconds, double senderSeconds) {
        /// Answers that came while the settled load lasted, per second.
        public double goodPerSecond() {
            return good / seconds;
        }

        /// Both spans as one.
        Outcome plus(Outcome other) {
            return new Outcome(sum(answered, other.answered), sum(refused, other.refused), sum(late, other.late),
                    sent + other.sent, answers + other.answers, good + other.good, seconds + other.seconds,
                    senderSeconds + other.senderSeconds);
        }

        private static Histogram sum(Histogram one, Histogram other) {
            Histogram sum = one.copy();
            sum.add(other);
            return sum;
        }
    }

    /// @param settleSeconds of load before anything is recorded
    /// @param seconds       of load that is recorded
    public OpenLoop(double settleSeconds, double seconds) {
        this.settleNanos = (long) (settleSeconds * TimeUnit.SECONDS.toNanos(1));
        this.lengthNanos = settleNanos + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /// How much of the load is recorded.
    public double seconds() {
        return (lengthNanos - settleNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /// Loads `side` and returns when the last answer has come.
    ///
    /// @throws IOException when answers are still missing half a minute after the load
    public Outcome run(Sender side, Arrivals arrivals) throws IOException {
        long beganCpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long begin = System.nanoTime() + LOOK_NANOS;
        Recording recording = new Recording(begin + settleNanos, begin + lengthNanos);
        Histogram late = new Histogram(LATENCY_NANOS_MAX, DIGITS);
        long sent = 0;
        for (long at = arrivals.nextNanos(); at < lengthNanos; at = arrivals.nextNanos()) {
            long due = begin + at;
            awaitInstant(due);
            late.recordValue(Math.min(Math.max(0, System.nanoTime() - due), LATENCY_NANOS_MAX));
            side.send(due, recording);
            sent++;
        }
        long cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - beganCpuNanos;
        recording.awaitAll(sent);
        return new Outcome(recording.answered.getIntervalHistogram(), recording.refused.getIntervalHistogram(), late,
                sent, recording.answers.get(), recording.good.get(), seconds(),
                cpuNanos / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private static void awaitInstant(long dueNanos) {
        for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /// Asks Linux to wake this thread when a sleep ends and not some 50 us later, which it does to save power. Where it
    /// refuses, requests are sent that much later.
    public static void wakePunctually() {
        Path self = Path.of("/proc/thread-self");
        if (!Files.exists(self)) {
            return;
        }
        try {
            Path thread = Path.of("/proc").resolve(Files.readSymbolicLink(self).getFileName());
            Files.writeString(thread.resolve("timerslack_ns"), "1");
        } catch (IOException e) {
            System.err.println("requests are sent a little late: " + e);
        }
    }

    /// Counts what comes back. Thread-safe.
    private static final class Recording implements Sender.Answers {
        private final long fromNanos;
        private final long toNanos;
        private final Recorder answered = new Recorder(LATENCY_NANOS_MAX, DIGITS);
        private final Recorder refused = new Recorder(LATENCY_NANOS_MAX, DIGITS);
        private final AtomicLong answers = new AtomicLong();
        private final AtomicLong refusals = new AtomicLong();
        private final AtomicLong good = new AtomicLong();

        Recording(long fromNanos, long toNanos) {
            this.fromNanos = fromNanos;
            this.toNanos = toNanos;
        }

        @Override
        public void answered(long dueNanos) {
            long now = System.nanoTime();
            if (dueNanos >= fromNanos) {
                answered.recordValue(Math.min(now - dueNanos, LATENCY_NANOS_MAX));
            }
            if (now >= fromNanos && now < toNanos) {
                good.incrementAndGet();
            }
            answers.incrementAndGet();
        }

        @Override
        public void refused(long dueNanos) {
            if (dueNanos >= fromNanos) {
                refused.recordValue(Math.min(System.nanoTime() - dueNanos, LATENCY_NANOS_MAX));
            }
            refusals.incrementAndGet();
        }

        void awaitAll(long sent) throws IOException {
            long end = System.nanoTime() + ANSWER_NANOS_MAX;
            while (answers.get() + refusals.get() < sent) {
                if (System.nanoTime() > end) {
                    throw new IOException(sent - answers.get() - refusals.get() + " of " + sent
                            + " requests were never answered");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }
}
