package dev.understudy.engine;

import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.roles.CriteriaFile;
import dev.understudy.roles.SetCriteria;
import dev.understudy.verdict.Criteria;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Takes criteria from whoever runs the server, in place of those in `model.yaml`: recorded with who and when, on disk before
/// they count. Thread-safe: one change at a time, so that the last on disk is the one in force; what it changes, it changes on
/// the director's thread.
final class CriteriaDesk {
    private final Director director;
    private final Chronicle chronicle;
    private final CriteriaFile file;

    CriteriaDesk(Director director, Chronicle chronicle, CriteriaFile file) {
        this.director = director;
        this.chronicle = chronicle;
        this.file = file;
    }

    /// A model as it was left: with the criteria that were set for it, if any.
    static HostedModel asLeft(HostedModel model, CriteriaFile file, Chronicle chronicle) {
        try {
            Optional<SetCriteria> set = file.read(model.name());
            if (set.isPresent()) {
                model.set(CriteriaInForce.set(Criteria.parse(set.get().text()), set.get().by(),
                        set.get().atMillis()));
            }
        } catch (IOException | InvalidConfigException e) {
            String what = "the criteria that were set cannot be used, so those of model.yaml count: " + e.getMessage();
            model.alert("criteria", what);
            chronicle.alert(model, what);
        }
        return model;
    }

    /// Sets a model's criteria, or goes back to those of its `model.yaml`, and returns when challengers are judged by them.
    ///
    /// @param criteria null to go back
    /// @param by       who, for the record
    /// @return those in force now; empty when there is no such model
    /// @throws IOException when they cannot be recorded; then those before stay
    synchronized Optional<CriteriaInForce> set(String name, @Nullable Criteria criteria, String by) throws IOException {
        HostedModel model = director.models().get(name);
        if (model == null) {
            return Optional.empty();
        }
        CriteriaInForce inForce = criteria == null
                ? null
                : CriteriaInForce.set(criteria, by, System.currentTimeMillis());
        record(name, inForce);
        CompletableFuture<CriteriaInForce> done = new CompletableFuture<>();
        boolean accepted = director.decide(() -> {
            try {
                model.set(inForce);
                model.alert("criteria", "");
                chronicle.note(Kind.CRITERIA, model, "", "",
                        inForce == null
                                ? by + " went back to those of model.yaml"
                                : "set by " + by + ": "
                                        + inForce.criteria().text().strip());
                director.renewal().renew(model);
            } finally {
                done.complete(model.criteria());
            }
        });
        if (!accepted) {
            throw new IOException("the server is stopping; the criteria count from its next start");
        }
        return Optional.of(done.join());
    }

    private void record(String name, @Nullable CriteriaInForce inForce) throws IOException {
        if (inForce == null) {
            file.remove(name);
        } else {
            file.write(name, new SetCriteria(inForce.criteria().text(), inForce.by(), inForce.atMillis()));
        }
    }
}
