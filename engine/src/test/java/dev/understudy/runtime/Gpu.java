package dev.understudy.runtime;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The first GPU for a test tagged `gpu`, which is skipped where there is none and says why. What a test opens is closed when it
/// ends. Not thread-safe; owned by the test's thread.
public final class Gpu implements BeforeEachCallback, AfterEachCallback {
    /// Closed without a checked exception.
    private interface Opened extends AutoCloseable {
        @Override
        void close();
    }

    /// What every test begins with; empty where each opens its own.
    private final Optional<Wish> wish;
    private final Deque<Opened> opened = new ArrayDeque<>();
    private Optional<Lanes> wished = Optional.empty();

    private record Wish(CudaSettings settings, Isolation isolation) {}

    private Gpu(Optional<Wish> wish) {
        this.wish = wish;
    }

    /// For tests that open lanes of their own.
    public Gpu() {
        this(Optional.empty());
    }

    /// For tests of which each begins with such lanes.
    public Gpu(CudaSettings settings, Isolation isolation) {
        this(Optional.of(new Wish(settings, isolation)));
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        wished = wish.map(each -> open(each.settings(), each.isolation()));
    }

    /// The lanes that each test begins with.
    public Lanes lanes() {
        return wished.orElseThrow();
    }

    /// More lanes.
    public Lanes open(CudaSettings settings, Isolation isolation) {
        return switch (CudaLanes.open(settings, isolation, note -> {})) {
            case Answer.Granted<Lanes>(Lanes lanes) -> {
                opened.push(lanes::close);
                yield lanes;
            }
            case Answer.Refused<Lanes>(String reason) -> abort("no GPU: " + reason);
        };
    }

    /// The context that all lanes on the GPU share.
    CudaContext context() throws CudaFailure {
        return switch (CudaDriver.open()) {
            case Answer.Granted<CudaDriver>(CudaDriver driver) -> {
                CudaContext context = driver.retainPrimary(0);
                opened.push(context::close);
                yield context;
            }
            case Answer.Refused<CudaDriver>(String reason) -> abort("no GPU: " + reason);
        };
    }

    @Override
    public void afterEach(ExtensionContext test) {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
