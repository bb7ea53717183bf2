// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What runs on the hosts of {@link VirtualNetworkIT}: answers each datagram with the same, or sends some and tells what came back. */
public final class UdpHost {

    static final int PORT = 7;
    /** Once nothing came for so long, nothing comes any more. */
    private static final int SILENCE_MS = 700;

    private UdpHost() {}

    /** {@code echo}, or {@code send ADDRESS COUNT}, which prints the numbers that came back. */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("echo")) {
            echo();
        } else {
            try (DatagramSocket socket = new DatagramSocket()) {
                List<Integer> back = send(socket, arguments[1], Integer.parseInt(arguments[2]));
                System.out.println(back.toString().replaceAll("[\\[\\],]", ""));
            }
        }
    }

    private static void echo() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(PORT)) {
            socket.setReceiveBufferSize(1 << 20);
            System.out.println("listening");
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            while (!socket.isClosed()) {
                packet.setLength(64);
                socket.receive(packet);
                socket.send(packet);
            }
        }
    }

    /** Sends so many numbered datagrams, then collects the numbers that come back. */
    static List<Integer> send(DatagramSocket socket, String address, int count) throws IOException {
        socket.setReceiveBufferSize(1 << 20);
        socket.setSoTimeout(SILENCE_MS);
        InetSocketAddress to = new InetSocketAddress(address, PORT);
        for (int i = 0; i < count; i++) {
            socket.send(new DatagramPacket(ByteBuffer.allocate(4).putInt(0, i).array(), 4, to));
        }
        List<Integer> back = new ArrayList<>();
        DatagramPacket packet = new DatagramPacket(new byte[64], 64);
        while (true) {
            try {
                packet.setLength(64);
                socket.receive(packet);
                back.add(ByteBuffer.wrap(packet.getData()).getInt());
            } catch (SocketTimeoutException silence) {
                return back;
            }
        }
    }
}
