package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.model.ModelVersion;
import dev.understudy.roles.NoiseFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/// Keeps what is measured of champions' noise on disk, and once that is complete puts the tolerances that follow from it in
/// force: on disk before they count, and never changed after. Thread-safe; what it changes of a model, it changes on the
/// director's thread.
final class ToleranceDesk {
    private static final String ALERT = "noise";

    private final Director director;
    private final Chronicle chronicle;
    private final NoiseFile file;
    /// Pairs on disk, by what measures them.
    private final Map<NoiseMeter, Integer> saved = new WeakHashMap<>();
    /// Models whose noise could not be written the last time.
    private final Set<String> failing = new HashSet<>();

    ToleranceDesk(Director director, Chronicle chronicle, NoiseFile file) {
        this.director = director;
        this.chronicle = chronicle;
        this.file = file;
    }

    /// Has a model go on with what is known of its new champion's noise, and with the tolerances that follow. On the
    /// director's thread, before the champion answers.
    static void asLeft(HostedModel model, ModelVersion champion, NoiseFile file, Chronicle chronicle) {
        NoiseFloor known = NoiseFloor.NONE;
        String problem = "";
        try {
            known = file.read(model.name(), model.noiseKey(champion)).map(NoiseFloor::parse).orElse(known);
        } catch (IOException | IllegalArgumentException e) {
            problem = "what was measured of the champion's noise cannot be used, so it is measured anew: "
                    + e.getMessage();
            chronicle.alert(model, problem);
        }
        model.measure(new NoiseMeter(known));
        model.calibrate(known.complete() ? known : NoiseFloor.NONE);
        model.alert(ALERT, problem);
    }

    /// Saves what is new of a model's noise, and when it is complete has new evaluations begin where that changes what they
    /// are judged by. Called regularly, by a thread that may wait for the disk.
    void look(HostedModel model) {
        ChampionLine champion = model.champion();
        if (champion == null || model.calibrated()) {
            return;
        }
        NoiseMeter meter = model.noise();
        NoiseFloor floor = meter.floor();
        if (save(model, champion.version(), meter, floor) && floor.complete()) {
            director.decide(() -> freeze(model, champion.version(), meter, floor));
        }
    }

    private void freeze(HostedModel model, ModelVersion champion, NoiseMeter meter, NoiseFloor floor) {
        if (model.calibrated() || !meter.equals(model.noise())) {
            return;
        }
        model.calibrate(floor);
        chronicle.note(Kind.TOLERANCE, model, champion.version(), champion.sha256(), model.noiseStatus().sentence());
        director.renewal().renew(model);
    }

    /// Saves what is known when the server stops. What became complete in the last second is left for the next start, which
    /// measures the last pairs again, so that what is put in force has its word in the journal.
    void saveUnfinished(HostedModel model) {
        ChampionLine champion = model.champion();
        NoiseFloor floor = model.noise().floor();
        if (champion != null && !floor.complete()) {
            save(model, champion.version(), model.noise(), floor);
        }
    }

    private synchronized boolean save(HostedModel model, ModelVersion champion, NoiseMeter meter, NoiseFloor floor) {
        if (saved.getOrDefault(meter, 0) == floor.pairs()) {
            return true;
        }
        try {
            file.write(model.name(), model.noiseKey(champion), floor.text());
        } catch (IOException e) {
            String what = "what is measured of the champion's noise cannot be written, so it is not put in force: "
                    + e.getMessage();
            model.alert(ALERT, what);
            if (failing.add(model.name())) {
                chronicle.alert(model, what);
            }
            return false;
        }
        saved.put(meter, floor.pairs());
        failing.remove(model.name());
        model.alert(ALERT, "");
        return true;
    }
}
