package dev.understudy.model;

import dev.understudy.model.RepositoryScanner.Scan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A repository folder, a scanner and a clock that tests move. Files get the clock's time, a new one at every write.
final class Stage {
    static final WatchConfig CONFIG = WatchConfig.DEFAULT;

    final Path repository;
    final Path objects;
    final List<String> warnings = new ArrayList<>();
    RepositoryScanner scanner;
    private long millis = 1_700_000_000_000L;

    Stage(Path folder) {
        try {
            repository = Files.createDirectory(folder.resolve("repository"));
            objects = folder.resolve("objects");
            scanner = newScanner(CONFIG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RepositoryScanner newScanner(WatchConfig config) throws IOException {
        return new RepositoryScanner(repository, ObjectStore.open(objects), config, warnings::add, () -> false);
    }

    /// Writes a file in place.
    Path write(String name, byte[] bytes) throws IOException {
        Path file = repository.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        millis++;
        Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
        return file;
    }

    Path write(String name, String content) throws IOException {
        return write(name, OnnxBytes.named(content));
    }

    /// Moves a whole file into place, as `mv` does.
    void rename(String name, byte[] bytes) throws IOException {
        Path ready = write("ready.tmp", bytes);
        Files.createDirectories(repository.resolve(name).getParent());
        Files.move(ready, repository.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(String name) throws IOException {
        Files.delete(repository.resolve(name));
    }

    /// Lets time pass and looks once.
    Scan look(long passedMillis) {
        millis += passedMillis;
        return scanner.scan(Duration.ofMillis(millis).toNanos(), millis);
    }

    /// Looks when something changed, and again when it has settled.
    List<String> settle() {
        List<String> events = new ArrayList<>(tell(look(1).events()));
        events.addAll(tell(look(500).events()));
        events.addAll(tell(look(500).events()));
        return events;
    }

    /// Waits until what looks incomplete is called unusable.
    List<String> patience() {
        List<String> events = new ArrayList<>(settle());
        events.addAll(tell(look(5000).events()));
        return events;
    }

    /// Events in a word or two, versions told apart by the first bytes of their SHA-256.
    static List<String> tell(List<RepositoryEvent> events) {
        return events.stream().map(event -> switch (event) {
            case RepositoryEvent.ModelConfigured e ->
                e.model() + " configured" + (e.config().triton().versions().prefersHighest() ? ", highest" : "")
                        + e.config().maxBatchSize().stream().mapToObj(rows -> ", batch " + rows).findFirst().orElse("");
            case RepositoryEvent.ConfigInvalid e -> e.model() + " misconfigured: "
                    + (e.file().equals("model.yaml") ? "" : e.file() + ": ") + e.reason();
            case RepositoryEvent.VersionSettled e -> e.model() + "/" + e.version().version() + " settled";
            case RepositoryEvent.VersionGone e -> e.model() + "/" + e.version().version() + " gone";
            case RepositoryEvent.VersionUnusable e -> e.model() + "/" + e.version() + " unusable: " + e.reason();
            case RepositoryEvent.UnusableGone e -> e.model() + "/" + e.version() + " no longer unusable";
        }).toList();
    }
}
