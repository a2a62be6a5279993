package io.promptroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** A ledger's database whose writer is watched: what it executes is told before and behind, on its own thread. */
final class WatchedStatements {

    /** Must not throw. */
    interface Observer {
        void before(String sql);

        void after(String sql);
    }

    private static final int CONNECTIONS = 6;

    private final DataSource source;
    private final List<String> pragmas;
    private final Observer observer;

    private WatchedStatements(DataSource source, List<String> pragmas, Observer observer) {
        this.source = source;
        this.pragmas = pragmas;
        this.observer = observer;
    }

    /** @param pragmas of the writer */
    static Database watch(Database database, List<String> pragmas, Observer observer) {
        WatchedStatements watched = new WatchedStatements(database.pool().getDataSource(), pragmas, observer);
        database.pool().close();
        return on(database.file(), watched.proxy(DataSource.class, watched::dataSource));
    }

    /** A SQLite ledger whose tables are those of this version, as a later process has it. */
    static Database on(SqliteFile file, DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setDataSource(source);
        return new Database(SqlDialect.SQLITE, file, new HikariDataSource(config));
    }

    private interface Call {
        Object of(Method method, Object[] arguments) throws Throwable;
    }

    private <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> call.of(method, arguments)));
    }

    private Object dataSource(Method method, Object[] arguments) throws Throwable {
        Object answer = invoke(source, method, arguments);
        return answer instanceof Connection connection ? proxy(Connection.class, connection(connection)) : answer;
    }

    private Call connection(Connection connection) {
        return (method, arguments) -> {
            Object answer = invoke(connection, method, arguments);
            if (answer instanceof PreparedStatement statement) {
                return proxy(PreparedStatement.class, statement(statement, (String) arguments[0]));
            }
            return answer instanceof Statement statement ? proxy(Statement.class, statement(statement, null)) : answer;
        };
    }

    private Call statement(Statement statement, String prepared) {
        return (method, arguments) -> {
            if (!method.getName().startsWith("execute") || !Thread.currentThread().getName().equals("ledger-writer")) {
                return invoke(statement, method, arguments);
            }
            String sql = prepared != null ? prepared : (String) arguments[0];
            if (sql.startsWith("BEGIN")) {
                set(statement.getConnection());
            }
            observer.before(sql);
            Object answer = invoke(statement, method, arguments);
            observer.after(sql);
            return answer;
        };
    }

    /** Each time: what the ledger itself sets comes before. */
    private void set(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute("PRAGMA " + pragma);
            }
        }
    }

    private static Object invoke(Object of, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
