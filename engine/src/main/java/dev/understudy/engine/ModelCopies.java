package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.JournalException;
import dev.understudy.model.ObjectStore;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Which copies of models stay in the object store: those with a role or evidence, the rest as far as there is room.
/// Stateless; for the director's thread.
record ModelCopies(EngineConfig config, ObjectStore objects, Chronicle chronicle) {
    /// Deletes what nothing needs and the limit has no room for.
    ///
    /// @param cast what the casting must find again
    void retain(Collection<HostedModel> models, Set<String> cast) {
        Set<String> inUse = new HashSet<>(cast);
        for (HostedModel model : models) {
            ChampionLine champion = model.champion();
            if (champion != null) {
                inUse.add(champion.version().sha256());
            }
            model.roster().listed().forEach(challenger -> inUse.add(challenger.sha256()));
        }
        try {
            inUse.addAll(chronicle.journal().sha256WithEvidence());
            objects.retain(inUse, config.limits().objectBytesMax());
        } catch (IOException | JournalException e) {
            config.log().accept(new LogEvent(Level.WARN, "", "old model copies cannot be deleted: " + e.getMessage()));
        }
    }
}
