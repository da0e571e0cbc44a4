package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.roles.Strike;
import dev.understudy.roles.StrikeFile;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.shadow.RunMarks;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// What is done about faults that end the whole process: strikes challengers off that were in a run then, and takes the news of
/// a lost device. Thread-safe.
///
/// Who was in a run is known from [RunMarks]. After a crash, or when the device is lost, they are struck off: they may run again
/// only with other bytes, or after their file has gone and come back. An end that nobody saw or that came from outside makes them
/// suspected: the second in a row strikes them off, a stop in good order between the two clears them.
final class FaultBoundary implements Consumer<DeviceLoss>, AutoCloseable {
    private static final String AGAIN = "; drop changed bytes, or take its file away and put it back, to try again";

    private final RunMarks marks;
    private final StrikeFile file;
    private final EngineConfig config;
    private final Clock clock;
    private final Map<String, Strike> strikes;
    private volatile boolean served;
    private final AtomicReference<DeviceLoss> lost = new AtomicReference<>();

    /// Judges by what the process before left.
    ///
    /// @throws IOException when the records cannot be read or written
    FaultBoundary(RunMarks marks, StrikeFile file, EngineConfig config, Clock clock) throws IOException {
        this.marks = marks;
        this.file = file;
        this.config = config;
        this.clock = clock;
        this.strikes = new ConcurrentHashMap<>(file.readAll());
        LastEnd end = LastEnd.of(config.lastExit());
        for (String sha256 : marks.left()) {
            judge(sha256, end);
        }
    }

    private void judge(String sha256, LastEnd end) throws IOException {
        Strike before = strikes.get(sha256);
        if (before != null && before.struckOff()) {
            return;
        }
        switch (end) {
            case LastEnd.Chosen() -> {
                // It has said itself why it would end.
            }
            case LastEnd.Crashed(String how) -> strike(sha256, true, "the server ended during its run (" + how + ")");
            case LastEnd.Unexplained(String how) when before != null ->
                strike(sha256, true, "the server ended during its run (" + how + "), twice in a row");
            case LastEnd.Unexplained(String how) -> {
                strike(sha256, false, "the server ended during its run (" + how + ")");
                config.log().accept(new LogEvent(Level.WARN, "", "the server ended (" + how + ") during a run of the"
                        + " challenger with SHA-256 " + sha256 + "; if it does so again, that is refused"));
            }
        }
    }

    private void strike(String sha256, boolean struckOff, String what) throws IOException {
        Strike strike = new Strike(struckOff, what + ", " + clock.instant().truncatedTo(ChronoUnit.SECONDS) + AGAIN);
        file.write(sha256, strike);
        strikes.put(sha256, strike);
    }

    /// Why these bytes may not run, empty when they may.
    Optional<String> refusal(String sha256) {
        return Optional.ofNullable(strikes.get(sha256)).filter(Strike::struckOff).map(Strike::reason);
    }

    /// The file with these bytes has left the repository: whatever is held against them is forgotten. On a thread that may wait
    /// for the disk.
    void lift(String sha256) {
        if (strikes.remove(sha256) != null) {
            forget(sha256);
        }
    }

    private void forget(String sha256) {
        try {
            file.remove(sha256);
        } catch (IOException e) {
            config.log().accept(new LogEvent(Level.WARN, "",
                    "what is held against a version cannot be removed, and stands again after a restart: "
                            + e.getMessage()));
        }
    }

    /// The server was asked to stop, so its end will be held against nobody.
    void stopping() {
        marks.settle();
    }

    /// Whether the device was lost.
    boolean deviceLost() {
        return lost.get() != null;
    }

    /// Takes the news, the first time. Any thread, a champion's too: what takes long is done on another.
    @Override
    public void accept(DeviceLoss loss) {
        if (lost.compareAndSet(null, loss)) {
            List<String> ran = marks.running();
            marks.settle();
            Thread.ofPlatform().name("understudy-device-loss").daemon(true).start(() -> tell(loss, ran));
        }
    }

    private void tell(DeviceLoss loss, List<String> ran) {
        String trouble = "";
        for (String sha256 : ran) {
            try {
                strike(sha256, true, "the device was lost during its run (" + loss.reason() + ")");
            } catch (IOException e) {
                trouble = ", which cannot be recorded: " + e.getMessage();
            }
        }
        String struck = ran.isEmpty()
                ? "no challenger ran"
                : "struck off: the challenger that ran, SHA-256 " + String.join(" and ", ran) + trouble;
        config.log().accept(new LogEvent(Level.ERROR, loss.version().model(), "the device was lost in a run of the "
                + loss.part().label() + ", version " + loss.version().version() + ": " + loss.reason() + "; "
                + struck));
        config.deviceLost().accept(loss);
    }

    /// The server has started: from now on an end in good order means something.
    void serving() {
        served = true;
    }

    /// Ends in good order, which clears whoever was only suspected, unless the server never got so far as to run anybody.
    @Override
    public void close() {
        marks.settle();
        if (served && !deviceLost()) {
            strikes.forEach((sha256, strike) -> {
                if (!strike.struckOff()) {
                    forget(sha256);
                }
            });
        }
    }
}
