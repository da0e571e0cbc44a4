package dev.understudy.model;

import dev.understudy.model.ModelFolder.Candidate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is known of one model: its configuration and its versions. Not thread-safe; owned by the
/// [RepositoryScanner].
final class TrackedModel {
    private static final String YAML = "model.yaml";

    private final String name;
    private final ObjectStore store;
    private final WatchConfig config;
    private final BooleanSupplier stopping;

    private final Map<String, TrackedVersion> versions = new TreeMap<>();
    private final Settling<ConfigFiles> settling = new Settling<>();
    private @Nullable ConfigFiles examined;
    private RepositoryEvent.@Nullable ModelConfigured configured;
    /// Why the files read last cannot be used, which only a further event takes back.
    private RepositoryEvent.@Nullable ConfigInvalid refused;

    private record ConfigFiles(Optional<FileStamp> yaml, Optional<FileStamp> triton) {
        List<FileStamp> stamps() {
            return Stream.of(yaml, triton).flatMap(Optional::stream).toList();
        }
    }

    TrackedModel(String name, ObjectStore store, WatchConfig config, BooleanSupplier stopping) {
        this.name = name;
        this.store = store;
        this.config = config;
        this.stopping = stopping;
    }

    int versionCount() {
        return versions.size();
    }

    /// Looks at the model's folder.
    ///
    /// @param folder      null when there is none
    /// @param versionsMax how many versions it may follow
    /// @return false when there is nothing left to remember
    boolean look(@Nullable ModelFolder folder, Path path, int versionsMax, Look look) {
        SortedMap<String, Candidate> candidates = new TreeMap<>();
        if (folder != null) {
            folder.notes().forEach(note -> look.note(name, note));
            if (!folder.isReadable()) {
                return true;
            }
            configure(folder, path, look);
            candidates.putAll(folder.candidates(versions.values().stream().map(TrackedVersion::inUse)
                    .flatMap(Optional::stream).collect(Collectors.toSet())));
            candidates.forEach((key, candidate) -> {
                if (!versions.containsKey(key)) {
                    follow(key, candidate, versionsMax, look);
                }
            });
        }
        for (Iterator<Map.Entry<String, TrackedVersion>> i = versions.entrySet().iterator(); i.hasNext();) {
            Map.Entry<String, TrackedVersion> entry = i.next();
            if (folder != null && folder.unreadable().contains(entry.getKey())) {
                continue;
            }
            if (!entry.getValue().look(candidates.get(entry.getKey()), configured != null, look)) {
                i.remove();
            }
        }
        return !versions.isEmpty() || (folder != null && !folder.isBlank());
    }

    private void follow(String key, Candidate candidate, int versionsMax, Look look) {
        if (versions.size() >= versionsMax) {
            look.note("",
                    "more than " + config.versionsMax() + " versions are in the repository; the others are left out");
            return;
        }
        versions.put(key, new TrackedVersion(name, candidate.version(), store, config, stopping));
    }

    private void configure(ModelFolder folder, Path path, Look look) {
        ConfigFiles files = new ConfigFiles(folder.config(), folder.tritonConfig());
        long quietNanos = settling.observe(files, look.nowNanos, look.presumedNanos(files.stamps()));
        if (files.equals(examined)) {
            return;
        }
        if (quietNanos < config.settleNanos()) {
            look.due(config.settleNanos() - quietNanos);
            return;
        }
        ModelConfig read = configured == null ? ModelConfig.DEFAULT : configured.config();
        RepositoryEvent.ConfigInvalid invalid = null;
        boolean isRead = true;
        String file = TritonConfigFile.NAME;
        try {
            ModelConfig base = files.triton().isEmpty() ? ModelConfig.DEFAULT : TritonConfigFile.read(path, name);
            file = YAML;
            read = files.yaml().isEmpty() ? base : ModelConfigFile.read(path.resolve(YAML), base);
        } catch (InvalidConfigException e) {
            invalid = new RepositoryEvent.ConfigInvalid(name, file, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            invalid = new RepositoryEvent.ConfigInvalid(name, file, "it cannot be read: " + IoReason.of(e));
            isRead = false;
            look.due(config.rescanNanos());
        }
        if (!isUnchanged(files.yaml(), path.resolve(YAML))
                || !isUnchanged(files.triton(), path.resolve(TritonConfigFile.NAME))) {
            look.due(config.settleNanos());
            return;
        }
        // What keeps a file from being read, such as too many open files, may pass without any change of it.
        examined = isRead ? files : null;
        RepositoryEvent.ModelConfigured found = new RepositoryEvent.ModelConfigured(name, read);
        if (!found.equals(configured) || (refused != null && invalid == null)) {
            configured = found;
            look.event(found);
        }
        if (invalid != null && !invalid.equals(refused)) {
            look.event(invalid);
        }
        refused = invalid;
    }

    private static boolean isUnchanged(Optional<FileStamp> stamp, Path file) {
        try {
            return stamp.isEmpty() || FileStamp.of(file).equals(stamp.get());
        } catch (IOException e) {
            return false;
        }
    }
}
