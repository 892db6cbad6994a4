package io.shardhold.internal.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.Handshake;
import io.shardhold.internal.wire.WireCodec;
import io.shardhold.internal.wire.WireException;
import io.shardhold.internal.wire.WireReader;
import io.shardhold.internal.wire.WireWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A peer made of plain sockets: does on each connection what a test tells it to, one connection per thread. */
final class RawPeer implements AutoCloseable {
    /** What the peer does with one connection. */
    @FunctionalInterface
    interface Script {
        void run(Connection connection) throws IOException, WireException;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final NodeId id;

    RawPeer(Script script) throws IOException {
        this.script = script;
        server = new ServerSocket();
        // Little room on the way, so that what a sender has written and what was read do not differ by megabytes.
        server.setReceiveBufferSize(8 * 1024);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        id = new NodeId("raw", TestNode.HOST, server.getLocalPort(), 1);
        startThread(this::acceptAll);
    }

    /** What went wrong in a script, other than a connection that ended. */
    List<Throwable> failures() {
        return failures;
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                startThread(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.run(new Connection(id, socket));
        } catch (IOException e) {
            // The other end closed, or the test is over.
        } catch (WireException | RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private static void startThread(Runnable work) {
        Thread thread = new Thread(work, "raw-peer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One connection as seen from its accepting end, or opened by a test. */
    static final class Connection {
        private final NodeId id;
        final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        Connection(NodeId id, Socket socket) throws IOException {
            this.id = id;
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }

        Handshake.Hello accept() throws IOException, WireException {
            byte[] frame = readFrame();
            Handshake.Hello hello = Handshake.decodeHello(new WireReader(frame, 1, frame.length - 1));
            writeFrame(FrameKind.HELLO_REPLY, Handshake.encode(new Handshake.Accepted(id, 42)));
            return hello;
        }

        /** The next data message; pings are answered. */
        DataMessage readData() throws IOException, WireException {
            while (true) {
                byte[] frame = readFrame();
                FrameKind kind = FrameKind.of(frame[0]);
                if (kind == FrameKind.DATA) {
                    return new WireCodec().decodeData(Arrays.copyOfRange(frame, 1, frame.length));
                }
                if (kind == FrameKind.PING) {
                    writeFrame(FrameKind.PONG, new byte[0]);
                }
            }
        }

        void ack(long count) throws IOException {
            WireWriter writer = new WireWriter();
            writer.writeVarLong(count);
            writeFrame(FrameKind.ACK, writer.toByteArray());
        }

        byte[] readFrame() throws IOException {
            byte[] frame = new byte[in.readInt() - FrameKind.CHECK_BYTES];
            in.readFully(frame);
            in.readInt();
            return frame;
        }

        void writeFrame(FrameKind kind, byte[] body) throws IOException {
            write(frame(kind, body));
        }

        static byte[] frame(FrameKind kind, byte[] body) {
            ByteBuf frame = Frames.of(UnpooledByteBufAllocator.DEFAULT, kind, body);
            try {
                return ByteBufUtil.getBytes(frame);
            } finally {
                frame.release();
            }
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** The reply to a hello that a test sends; null if the other end closes instead. */
        Handshake.@Nullable HelloReply greet(Handshake.Hello hello) throws IOException, WireException {
            writeFrame(FrameKind.HELLO, Handshake.encode(hello));
            try {
                byte[] frame = readFrame();
                return Handshake.decodeReply(new WireReader(frame, 1, frame.length - 1));
            } catch (java.io.EOFException e) {
                return null;
            }
        }

        /** Whether the other end closes the connection. */
        boolean isClosedByPeer() throws IOException {
            try {
                while (in.read() >= 0) {
                    // Whatever it says before.
                }
            } catch (java.net.SocketException e) {
                // Reset is closed as well.
            }
            return true;
        }
    }
}
