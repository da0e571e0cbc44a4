package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.journal.Terms;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.ProbeLine;
import dev.understudy.shadow.Sampler;
import dev.understudy.shadow.Segments;
import dev.understudy.shadow.ShadowFanout;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One model of the repository: who answers, who rehearses, how. Single writer: the director's thread; readable from any.
final class HostedModel {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final Governor governor;
    private final Sampler sampler = new Sampler(1);
    private final ShadowFanout fanout;
    private final Segments segments = new Segments();
    private final Roster roster = new Roster();
    private final Map<String, String> alerts = new LinkedHashMap<>();
    private volatile List<String> notes = List.of();
    private volatile ModelConfig config = ModelConfig.DEFAULT;
    private volatile Terms declared = Terms.NONE;
    private boolean remapped;
    private volatile NoiseMeter noise = new NoiseMeter(NoiseFloor.NONE);
    /// The complete noise floor of the champion once it is on disk, else nothing.
    private volatile NoiseFloor calibrated = NoiseFloor.NONE;
    private volatile @Nullable CriteriaInForce set;
    private final VersionRoll versions = new VersionRoll();
    private volatile String obstacle = "";
    private volatile @Nullable ChampionLine champion;

    HostedModel(String name, Governor governor) {
        this.name = name;
        this.governor = governor;
        this.fanout = new ShadowFanout(sampler, governor);
    }

    String name() {
        return name;
    }

    Sampler sampler() {
        return sampler;
    }

    ShadowFanout fanout() {
        return fanout;
    }

    Segments segments() {
        return segments;
    }

    ModelConfig config() {
        return config;
    }

    /// What a new evaluation is judged by: the criteria that were set, else those of `model.yaml`, and the tolerances that
    /// follow from the champion's noise where they are asked for.
    Terms terms() {
        return declared.with(criteria().criteria()).with(calibrated.tolerances());
    }

    /// What measures the champion's noise.
    NoiseMeter noise() {
        return noise;
    }

    void measure(NoiseMeter ofChampion) {
        noise = ofChampion;
    }

    /// Whether the tolerances that follow from the champion's noise are in force, as they will stay.
    boolean calibrated() {
        return calibrated.complete();
    }

    /// Puts the tolerances that follow from a complete noise floor in force; [NoiseFloor#NONE] for none yet.
    void calibrate(NoiseFloor floor) {
        calibrated = floor;
    }

    NoiseStatus noiseStatus() {
        NoiseFloor fixed = calibrated;
        return new NoiseStatus(fixed.complete() ? fixed : noise.floor(), declared.comparators().automatic(),
                fixed.complete());
    }

    CriteriaInForce criteria() {
        CriteriaInForce current = set;
        return current == null ? CriteriaInForce.declared(declared.criteria()) : current;
    }

    /// Puts criteria in the place of those in `model.yaml`; null goes back to them.
    void set(@Nullable CriteriaInForce criteria) {
        set = criteria;
    }

    /// For the director's thread only.
    VersionRoll versions() {
        return versions;
    }

    /// Why no champion may be cast, a sentence, else empty.
    String obstacle() {
        return obstacle;
    }

    void obstruct(String sentence) {
        obstacle = sentence;
    }

    @Nullable
    ChampionLine champion() {
        return champion;
    }

    Roster roster() {
        return roster;
    }

    void configure(ModelConfig newConfig, Terms newTerms) {
        remapped |= champion != null && !newConfig.outputMapping().equals(config.outputMapping());
        config = newConfig;
        declared = newTerms;
    }

    /// Whether outputs have been paired otherwise since it was last asked. On the director's thread.
    boolean takeRemapped() {
        boolean taken = remapped;
        remapped = false;
        return taken;
    }

    void crown(ChampionLine line) {
        champion = line;
    }

    /// The key of an evaluation beside this champion under the rules in force.
    Pair pair(ChampionLine beside, String challengerSha256) {
        return new Pair(name, beside.version().sha256(), challengerSha256,
                terms().fingerprint(governor.numerics()));
    }

    /// What of the device its evaluations' numbers depend on, as the end of a sentence; empty on the processors.
    String numerics() {
        return governor.numerics().isEmpty() ? "" : ", on a GPU with " + governor.numerics();
    }

    /// What a champion's noise is recorded under: its bytes, and on a GPU the numerics they were run with.
    String noiseKey(ModelVersion version) {
        String numerics = governor.numerics();
        return version.sha256() + (numerics.isEmpty() ? "" : "," + numerics.replace(' ', ','));
    }

    /// Has whoever looks know of what cannot be judged beside this champion, and the log when it is new.
    void checkTerms(ChampionLine beside, Chronicle chronicle) {
        String problems = String.join("; ", terms().problems(beside.signature().outputs()));
        if (alert("terms", problems)) {
            chronicle.alert(this, problems);
        }
    }

    /// Offers the champion's requests to the challengers that are shadowing now.
    void refreshFanout() {
        offerTo(challenger -> challenger.state() == State.SHADOWING);
    }

    /// Offers them to one more, and then lists it as shadowing: whoever reads that it is may count on every request from
    /// then on.
    void begin(Challenger ready) {
        offerTo(challenger -> challenger.state() == State.SHADOWING || challenger.equals(ready));
        ready.enter(State.SHADOWING, "");
    }

    private void offerTo(Predicate<Challenger> chosen) {
        List<ShadowLine> lines = new ArrayList<>();
        List<ProbeLine> probes = new ArrayList<>();
        for (Challenger challenger : roster.listed()) {
            ShadowLine line = challenger.line();
            if (line != null && chosen.test(challenger)) {
                lines.add(line);
                Optional.ofNullable(challenger.probes()).ifPresent(probes::add);
            }
        }
        fanout.setLines(lines, probes);
    }

    /// Sets or, with an empty sentence, clears what a person should look at under `key`. Any thread.
    ///
    /// @return whether the sentence is a new one
    boolean alert(String key, String sentence) {
        synchronized (alerts) {
            String before = sentence.isEmpty() ? alerts.remove(key) : alerts.put(key, sentence);
            return !sentence.isEmpty() && !sentence.equals(before);
        }
    }

    /// Sets what stands in the way of its files being taken, each a sentence that is listed with the alerts.
    void note(List<String> sentences) {
        notes = sentences;
    }

    private List<String> alerts() {
        List<String> all = new ArrayList<>();
        synchronized (alerts) {
            all.addAll(alerts.values());
        }
        all.addAll(notes);
        return all;
    }

    /// Why no champion answers, for a client.
    String absence() {
        List<String> known = alerts();
        String reason = !obstacle.isEmpty() ? obstacle : known.isEmpty() ? "it is being loaded" : known.getFirst();
        return "model '" + name + "' is not ready: " + reason;
    }

    ModelStatus status() {
        ChampionLine line = champion;
        Billing billing = Billing.of(roster.listed());
        List<ModelStatus.Challenger> listed = new ArrayList<>();
        for (Challenger challenger : billing.shown()) {
            Optional<Pair> next = Optional.ofNullable(line).map(beside -> pair(beside, challenger.sha256()));
            listed.add(challenger.status(billing.name(challenger), next, billing.holdsAccount(challenger),
                    sampler.rate(), governor.achieved()));
        }
        return new ModelStatus(name,
                Optional.ofNullable(line)
                        .map(l -> new ModelStatus.Version(billing.name(l.version()), l.version().sha256())),
                listed, sampler.rate(), new ModelStatus.Effect(
                        line == null ? 0 : line.deviceTime().nanos() / NANOS_PER_SECOND, governor.duty(),
                        fanout.ratio(), line == null ? Optional.empty() : line.deviceTime().memory()),
                alerts(), criteria(), noiseStatus());
    }
}
