import type { MachineDouble } from "./machineDouble";
import { fromOutside } from "./outside";

/** None of those that SSH is open to. */
export const stranger = "198.51.100.7";

/**
 * Somebody at another address asks for what is refused, until nothing is answered any more: which statuses were seen, and
 * whether it came to that.
 */
export async function insist(machine: MachineDouble, host: string): Promise<string> {
  await machine.exec(`ip route replace ${stranger} dev eth0`);
  const program = [`address, host, stranger = "${machine.address}", "${host}", "${stranger}"`, insistent];
  const command = `ip address add ${stranger}/32 dev eth0 && python3 - << 'END'\n${program.join("\n")}\nEND`;
  return fromOutside(machine, command, "--cap-add", "NET_ADMIN");
}

/** A page of another site opens a WebSocket. A minute at most. */
const insistent = String.raw`
import socket, ssl, sys, time
context = ssl._create_unverified_context()
headers = ["GET /api/ws HTTP/1.1", "Host: " + host, "Origin: https://evil.example", "Connection: Upgrade",
           "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
statuses = set()
for _ in range(600):
    try:
        plain = socket.create_connection((address, 443), 3, (stranger, 0))
        with context.wrap_socket(plain, server_hostname=host) as connection:
            connection.sendall("\r\n".join(headers + ["", ""]).encode())
            statuses.add(connection.recv(12).split()[1].decode())
    except OSError:
        print(*sorted(statuses), "and then nothing")
        sys.exit()
    time.sleep(0.1)
print(*sorted(statuses), "to the end")`;
