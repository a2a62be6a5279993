import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code java FreePorts N} prints N ports that nobody listens on. */
public final class FreePorts {

    public static void main(String[] args) throws Exception {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            sockets.add(new ServerSocket(0));
        }
        System.out.println(sockets.stream().map(socket -> String.valueOf(socket.getLocalPort())).collect(Collectors.joining(" ")));
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }
}
