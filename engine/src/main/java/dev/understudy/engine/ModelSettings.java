package dev.understudy.engine;

import dev.understudy.diff.Comparators;
import dev.understudy.journal.Terms;
import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.RepositoryEvent;
import dev.understudy.shadow.SamplingSection;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Task;
import java.util.Map;

/// Puts a model's configuration in force, or says why it cannot be. Not thread-safe; owned by the director's thread.
record ModelSettings(Chronicle chronicle) {
    private static final String TRITON = "config.pbtxt";

    void take(HostedModel model, RepositoryEvent.ModelConfigured event) {
        ModelConfig config = event.config();
        Map<String, ConfigNode> sections = config.sections();
        String ignoredBefore = model.config().triton().ignored();
        try {
            SamplingSection sampling = SamplingSection.parse(sections.get("sampling"));
            Terms terms = new Terms(Comparators.parse(sections.get("comparators")), config.outputMapping(),
                    Criteria.parse(sections.get("criteria")), Task.parse(sections.get("task")));
            model.configure(config, terms);
            model.sampler().set(sampling.rate());
            model.alert("config", "");
            model.obstruct("");
        } catch (InvalidConfigException e) {
            model.alert("config", "model.yaml: " + e.getMessage());
            chronicle.alert(model, "model.yaml cannot be used: " + e.getMessage());
            return;
        }
        String ignored = config.triton().ignored();
        model.alert(TRITON, ignored.isEmpty() ? "" : TRITON + ": " + ignored);
        if (!ignored.isEmpty() && !ignored.equals(ignoredBefore)) {
            chronicle.alert(model, TRITON + ": " + ignored);
        }
        if (model.champion() != null) {
            chronicle.log(model, "its configuration changed: sampling, version_policy, comparators, output_mapping,"
                    + " criteria and task apply now, the rest at the next start");
        }
    }

    void refuse(HostedModel model, RepositoryEvent.ConfigInvalid event) {
        String sentence = event.file() + " cannot be used: " + event.reason();
        if (event.file().equals(TRITON) && model.champion() == null) {
            // It says what the model's tensors are, so serving without it could give other answers than it promises.
            model.obstruct(sentence);
        }
        if (model.champion() == null && model.config().equals(ModelConfig.DEFAULT)) {
            // Whatever rate the file was to say, all is what it least likely said.
            model.sampler().set(0);
        }
        model.alert("config", event.file() + ": " + event.reason());
        chronicle.alert(model, sentence);
    }
}
