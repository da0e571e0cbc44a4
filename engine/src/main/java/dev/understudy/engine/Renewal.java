package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.Signature;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ShadowLine;
import java.util.Optional;

/// Begins evaluations anew when what they are judged by has changed, and tries those again that were refused when outputs are
/// paired otherwise. Stateless; for the director's thread.
///
/// The line is closed and opened again rather than handed another evaluation: what it had in flight belongs to the old one,
/// whose account would not balance otherwise.
record Renewal(Director director, Entrance entrance, Chronicle chronicle) {
    /// Ends the evaluations of a model whose rules are no longer those in force, and begins others; checks the rules.
    void renew(HostedModel model) {
        ChampionLine champion = model.champion();
        if (champion == null) {
            return;
        }
        model.checkTerms(champion, chronicle);
        boolean remapped = model.takeRemapped();
        for (Challenger challenger : model.roster().listed()) {
            ShadowLine line = challenger.line();
            PairEvaluation evaluation = challenger.evaluation();
            ModelVersion files = challenger.files();
            if (challenger.state() == State.SHADOWING && line != null && evaluation != null && files != null
                    && !evaluation.pair().equals(model.pair(champion, challenger.sha256()))) {
                begin(model, champion, challenger, files, line.signature());
            } else if (remapped && challenger.state() == State.REFUSED && files != null
                    && model.versions().admits(files)) {
                // What it has may be paired now, or what it was refused for is no longer so.
                director.rehearse(model, files);
            }
        }
    }

    private void begin(HostedModel model, ChampionLine champion, Challenger challenger, ModelVersion files,
            Signature signature) {
        challenger.enter(State.LOADING, "");
        model.refreshFanout();
        challenger.end();
        Optional<String> refusal = entrance.begin(model, champion, challenger, files, signature);
        if (refusal.isPresent()) {
            director.refuse(model, challenger, refusal.get());
            return;
        }
        model.begin(challenger);
        chronicle.note(Kind.SHADOWING, model, challenger.version(), challenger.sha256(),
                "what it is judged by has changed: begins that evaluation, or goes on with it if there was one");
    }
}
