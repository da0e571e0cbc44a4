package dev.understudy.model;

import dev.understudy.model.RepositoryScanner.Scan;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Watches a repository folder and tells a listener what has become of it. Thread-safe; everything it watches with
/// belongs to its one thread, `understudy-watcher`.
///
/// The system's reports make it look at once, a rescan at intervals makes sure; what it reports rests on looking alone.
public final class RepositoryWatcher implements AutoCloseable {
    private final WatchConfig config;
    private final RepositoryListener listener;
    private final Consumer<String> warnings;
    private final LongSupplier nanoClock;
    private final FolderAlarm alarm;
    private final RepositoryScanner scanner;
    private List<RepositoryNote> notesTold = List.of();
    private final Thread thread = Thread.ofPlatform().name("understudy-watcher").daemon().unstarted(this::run);

    RepositoryWatcher(Path repository, ObjectStore store, WatchConfig config, RepositoryListener listener,
            Consumer<String> warnings, LongSupplier nanoClock, FolderAlarm.Opening alarms) {
        this.config = config;
        this.listener = listener;
        this.warnings = warnings;
        this.nanoClock = nanoClock;
        this.alarm = new FolderAlarm(alarms, warnings);
        this.scanner = new RepositoryScanner(repository, store, config, warnings, alarm::isClosed);
    }

    /// Whether a folder holds anything of a model, as a watcher sees it: links are followed, and what cannot be read may be
    /// one.
    ///
    /// @throws IOException when the folder itself cannot be listed
    public static boolean holdsModel(Path repository) throws IOException {
        return switch (new ModelRepository(repository).list()) {
            case ModelRepository.Unreadable(String reason) -> throw new IOException(reason);
            case ModelRepository.Listed listed -> listed.models().values().stream().anyMatch(model -> !model.isBlank());
        };
    }

    /// Looks at the repository for the first time, on the calling thread, and goes on watching on its own.
    ///
    /// When it returns, the listener has been told of everything that was there and settled, in one call; there was
    /// none if there was nothing. Files that were written a moment ago are waited for, up to
    /// [WatchConfig#coldStartNanosMax].
    ///
    /// @param store    where settled versions are copied to; must not lie inside the repository
    /// @param listener see [RepositoryListener] for who calls it
    /// @param warnings told, by the same threads, what stands in the way and is not in the files: one sentence each,
    ///                 once while it lasts, without paths
    /// @throws IOException when the repository cannot be read; later that is only a warning
    public static RepositoryWatcher start(Path repository, ObjectStore store, WatchConfig config,
            RepositoryListener listener, Consumer<String> warnings) throws IOException {
        RepositoryWatcher watcher = new RepositoryWatcher(repository, store, config, listener, warnings,
                System::nanoTime, () -> FileSystems.getDefault().newWatchService());
        watcher.start(repository);
        return watcher;
    }

    void start(Path repository) throws IOException {
        if (new ModelRepository(repository).list() instanceof ModelRepository.Unreadable(String reason)) {
            alarm.close();
            throw new IOException("the repository cannot be read: " + reason);
        }
        List<RepositoryEvent> events = new ArrayList<>();
        List<RepositoryNote> notes = List.of();
        long beginNanos = nanoClock.getAsLong();
        try {
            Scan scan = scan();
            events.addAll(scan.events());
            while (scan.dueNanos() <= config.settleNanos()
                    && nanoClock.getAsLong() + scan.dueNanos() - beginNanos <= config.coldStartNanosMax()) {
                alarm.pause(scan.dueNanos());
                scan = scan();
                events.addAll(scan.events());
            }
            notes = scan.notes();
            alarm.follow(scan.folders());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.sort(Look.EVENT_ORDER);
        deliver(events, notes);
        thread.start();
    }

    /// Stops watching and waits for the thread, which gives up a copy that is under way. Called by the listener it does
    /// not wait.
    @Override
    public void close() {
        alarm.close();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        // What happened between the first look and the start of the watch was not reported.
        long waitNanos = config.settleNanos();
        try {
            while (alarm.await(waitNanos)) {
                long beginNanos = nanoClock.getAsLong();
                Scan scan = scan();
                long scanNanos = nanoClock.getAsLong() - beginNanos;
                deliver(scan.events(), scan.notes());
                boolean isFolderNew = alarm.follow(scan.folders());
                waitNanos = Math.min(isFolderNew ? config.settleNanos() : config.rescanNanos(), scan.dueNanos());
                // A file being written reports every block, and looking costs more the more files there are.
                long gapNanos = Math.max(config.settleNanos() / 4, 4 * scanNanos);
                if (!alarm.pause(Math.min(waitNanos, gapNanos))) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Scan scan() {
        try {
            return scanner.scan(nanoClock.getAsLong(), System.currentTimeMillis());
        } catch (RuntimeException | Error e) {
            // Also a heap that is full at the moment: nobody else would notice the drops to come.
            warnings.accept("the repository could not be looked at: " + e);
            return new Scan(List.of(), notesTold, List.of(), config.rescanNanos());
        }
    }

    private void deliver(List<RepositoryEvent> events, List<RepositoryNote> notes) {
        if (!events.isEmpty()) {
            tell(() -> listener.onEvents(List.copyOf(events)));
        }
        if (!notes.equals(notesTold)) {
            notesTold = notes;
            tell(() -> listener.onNotes(notes));
        }
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException | Error e) {
            warnings.accept("news of the repository was not taken: " + e);
        }
    }
}
