// Asks the API of the other Region whether it is alive, as a client outside of that Region does.
exports.handler = async () => {
  const url = process.env.TIDEOVER_URL;
  const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(10_000) });
  if (answer.status !== 200) {
    throw new Error(`${url} answered ${answer.status}`);
  }
};
