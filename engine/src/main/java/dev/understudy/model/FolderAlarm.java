package dev.understudy.model;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Wakes the watcher when something happens in a folder, where the system can tell. Owned by the watcher's thread;
/// [#close] may be called by any.
///
/// What it reports is only ever a reason to look: events can be lost, and a system may refuse to watch one more folder.
final class FolderAlarm implements AutoCloseable {
    private final @Nullable WatchService service;
    private final Consumer<String> warnings;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean refusalTold;

    /// Makes the system's own watch service.
    interface Opening {
        WatchService open() throws IOException;
    }

    FolderAlarm(Opening opening, Consumer<String> warnings) {
        this.warnings = warnings;
        WatchService opened = null;
        try {
            opened = opening.open();
        } catch (IOException | UnsupportedOperationException e) {
            tellOnce(e);
        }
        service = opened;
    }

    /// Watches exactly these folders from now on, as far as the system allows.
    ///
    /// @return true when one of them is new: what happened in it before is not reported and worth a look
    boolean follow(List<Path> folders) {
        if (service == null) {
            return false;
        }
        boolean isOneNew = false;
        Set<Path> wanted = Set.copyOf(folders);
        keys.entrySet().removeIf(entry -> {
            if (wanted.contains(entry.getKey()) && entry.getValue().isValid()) {
                return false;
            }
            entry.getValue().cancel();
            return true;
        });
        for (Path folder : wanted) {
            if (!keys.containsKey(folder)) {
                try {
                    keys.put(folder, folder.register(service, StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE));
                    isOneNew = true;
                } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
                    // Listing it says what there is to say of it.
                } catch (IOException e) {
                    tellOnce(e);
                } catch (ClosedWatchServiceException e) {
                    return false;
                }
            }
        }
        return isOneNew;
    }

    /// Returns when something happened, after `nanos`, or when closed.
    ///
    /// @return false when closed
    boolean await(long nanos) throws InterruptedException {
        if (service == null) {
            return !closed.await(nanos, TimeUnit.NANOSECONDS);
        }
        try {
            WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
            while (key != null) {
                key.pollEvents();
                key.reset();
                key = service.poll();
            }
        } catch (ClosedWatchServiceException e) {
            return false;
        }
        return closed.getCount() > 0;
    }

    /// Returns after `nanos` whatever happens, or when closed.
    ///
    /// @return false when closed
    boolean pause(long nanos) throws InterruptedException {
        return !closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                warnings.accept("the watch on the repository did not close: " + IoReason.of(e));
            }
        }
    }

    private void tellOnce(Exception e) {
        if (!refusalTold) {
            refusalTold = true;
            String reason = e instanceof IOException io ? IoReason.of(io) : String.valueOf(e.getMessage());
            warnings.accept("the system does not report every change of the repository (" + reason
                    + "); changes are found by looking at intervals");
        }
    }
}
