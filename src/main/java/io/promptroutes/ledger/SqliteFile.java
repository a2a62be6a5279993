package io.promptroutes.ledger;

import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.commons.lang3.function.FailableConsumer;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** The file of an embedded ledger, which the processes of a machine share. Thread-safe. */
final class SqliteFile {

    private static final String NAME = "ledger.db";
    private static final String HEADER = "SQLite format 3\0";
    /** Processes read memory that they share with the file; over a network each has its own. */
    private static final Pattern NETWORK = Pattern.compile("nfs.*|cifs|smb.*|afs|ceph|glusterfs|lustre|fuse\\.(sshfs|glusterfs|ceph.*|s3fs|rclone)");
    /** In milliseconds, for what is only read: a process that begins puts the file in order first. */
    private static final int READERS_WAIT = 10_000;
    /** In KiB, a connection. */
    private static final int CACHE = 8_192;
    /** How many ledgers of this process have a file open: reading it with another handle would give up SQLite's locks on it. */
    private static final Map<Path, Integer> OPEN = new HashMap<>();

    private final Path directory;
    /** Which file it is, whatever its name; null where it is not open. */
    private volatile Object opened;

    SqliteFile(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes the file where there is none, or looks whether it is one; one process at a time.
     *
     * @param migration brings the tables up to date
     * @throws LedgerUnavailable where the file is not a ledger, or cannot be one
     */
    DataSource open(FailableConsumer<DataSource, SQLException> migration) throws IOException, SQLException {
        OwnerOnly.folder(directory);
        String system = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
        if (NETWORK.matcher(system).matches()) {
            throw new LedgerUnavailable("the ledger's folder " + directory + " is on a network file system (" + system + "), where a file cannot be shared safely: "
                    + "name one of a local disk with key ledger.directory, or a PostgreSQL database with key ledger.url");
        }
        synchronized (OPEN) {
            Path folder = directory.toRealPath();
            try (FileChannel beginning = FileChannel.open(OwnerOnly.file(folder.resolve("ledger.lock")), StandardOpenOption.WRITE)) {
                beginning.lock();
                Path file = folder.resolve(NAME);
                if (!OPEN.containsKey(folder)) {
                    check(folder, file);
                }
                if (!Files.exists(file)) {
                    make(folder, file, migration);
                }
                OwnerOnly.close(file);
                DataSource source = source(file);
                migration.accept(source);
                OPEN.merge(folder, 1, Integer::sum);
                opened = key();
                return source;
            }
        }
    }

    /** @throws LedgerUnavailable where it is no longer the file of its name: nobody would find what is written */
    void look() {
        if (!key().equals(opened)) {
            throw new LedgerUnavailable("the ledger's file " + directory.resolve(NAME) + " was removed or replaced while it was open: stop all processes that have it, "
                    + "put the right one in its place, and start them again");
        }
    }

    private Object key() {
        try {
            Object key = Files.readAttributes(directory.resolve(NAME), BasicFileAttributes.class).fileKey();
            return key == null ? NAME : key; // Windows has none, and lets nobody remove a file that is open
        } catch (IOException e) {
            return e;
        }
    }

    void closed() {
        synchronized (OPEN) {
            try {
                if (opened != null) {
                    opened = null;
                    OPEN.computeIfPresent(directory.toRealPath(), (folder, ledgers) -> ledgers == 1 ? null : ledgers - 1);
                }
            } catch (IOException e) {
                // the folder is gone
            }
        }
    }

    /** SQLite takes an empty file for a new one: what was paid would be forgotten, and budgets begin again. */
    private void check(Path folder, Path file) throws IOException {
        String instead = " Put a copy of the ledger in its place, with no -wal of another one beside it; or remove it, where all that was called may be paid again and budgets may begin at 0";
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                if (!new String(in.readNBytes(HEADER.length()), StandardCharsets.US_ASCII).equals(HEADER)) {
                    throw new LedgerUnavailable("the ledger's file " + directory.resolve(NAME) + " is empty or no database." + instead);
                }
            }
        } else if (Files.exists(folder.resolve("ledger.mv.db"))) {
            throw new LedgerUnavailable("the ledger in " + directory + " is of an earlier version, which kept it in ledger.mv.db (H2) and was never released: "
                    + "this version cannot read it. Name another folder with key ledger.directory, or remove the file, where all that was called may be paid again");
        } else if (Files.exists(folder.resolve(NAME + "-wal"))) {
            throw new LedgerUnavailable("the ledger's file " + directory.resolve(NAME) + " is gone, and " + NAME + "-wal, which belongs to it, is there." + instead);
        }
    }

    /** Under another name until it is whole: an empty file of this name is then always a damaged one. */
    private static void make(Path folder, Path file, FailableConsumer<DataSource, SQLException> migration) throws IOException, SQLException {
        Path made = folder.resolve(NAME + ".new");
        for (String part : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(folder.resolve(NAME + ".new" + part));
        }
        migration.accept(source(OwnerOnly.file(made))); // -wal and -shm get the permissions of the file
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        } catch (IOException e) {
            // Windows has no such thing
        }
    }

    private static DataSource source(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE); // one that is gone is no new one
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(READERS_WAIT);
        config.setCacheSize(-CACHE);
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, String.valueOf(64 << 20));
        SQLiteDataSource source = new SQLiteDataSource(config) {
            @Override
            public SQLiteConnection getConnection(String user, String password) throws SQLException {
                SQLiteConnection connection = super.getConnection(user, password);
                Function.create(connection, DecimalSum.NAME, new DecimalSum());
                return connection;
            }
        };
        source.setUrl("jdbc:sqlite:" + file.toUri()); // escaped: the driver takes what follows a ? for settings, and the locale may not have its letters
        return source;
    }
}
