// Waits with Node's fetch, 64 at once, and prints the microseconds of CPU per wait: node_waits.mjs URL COUNT
const [url, count] = [process.argv[2], Number(process.argv[3])];
const headers = { Authorization: `Bearer sk-${"0".repeat(48)}` };

async function wait(number) {
  for (;;) {
    const response = await fetch(`${url}/api/v1/images/img_${String(number).padStart(26, "0")}`, { headers });
    const { status } = (await response.json()).data;
    if (status === "completed" || status === "failed") return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function all(waits) {
  let next = 0;
  const worker = async () => {
    while (next < waits) await wait(next++);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

await all(100); // warms up, and is not counted
const before = process.cpuUsage();
await all(count);
const used = process.cpuUsage(before);
console.log((used.user + used.system) / count);
process.exit(0);
