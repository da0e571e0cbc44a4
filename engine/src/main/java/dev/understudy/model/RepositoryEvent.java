package dev.understudy.model;

/// Something that happened in the watched repository, once it is settled fact.
public sealed interface RepositoryEvent {
    String model();

    /// A version is whole, parses, and its copy is in the object store.
    record VersionSettled(ModelVersion version) implements RepositoryEvent {
        @Override
        public String model() {
            return version.model();
        }
    }

    /// A version's files are whole but cannot be a model.
    ///
    /// @param sha256 of the ONNX file as it is, so that the same bytes are not reported twice; of its first MiB where it
    ///               is larger than a model can be
    /// @param reason one sentence without paths
    record VersionUnusable(String model, String version, String sha256, String reason) implements RepositoryEvent {}

    /// Files that were reported as unusable are no longer there: deleted, or replaced by other bytes.
    ///
    /// @param sha256 as it was reported
    record UnusableGone(String model, String version, String sha256) implements RepositoryEvent {}

    /// A version's file is no longer in the repository under this name (deleted, or replaced by other bytes).
    record VersionGone(ModelVersion version) implements RepositoryEvent {
        @Override
        public String model() {
            return version.model();
        }
    }

    /// A model was seen for the first time, its configuration changed, or it can be used again, changed or not, after
    /// it could not. Comes before any version of the model.
    record ModelConfigured(String model, ModelConfig config) implements RepositoryEvent {}

    /// A model's configuration cannot be used; the one before stays in force.
    ///
    /// @param file   `model.yaml` or `config.pbtxt`
    /// @param reason what is wrong with it and on which line, `line 3: ...`, without naming the file
    record ConfigInvalid(String model, String file, String reason) implements RepositoryEvent {}
}
