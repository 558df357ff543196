// SPDX-License-Identifier: Apache-2.0
// Asks the server. Every answer is kept: a profile does not change while it is shown.

const answers = new Map();

async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: the server answers ${response.status}`);
  return response.json();
}

function getOnce(path) {
  let answer = answers.get(path);
  if (!answer) {
    answer = getJson(path);
    answers.set(path, answer);
    answer.catch(() => answers.delete(path));  // a failure may pass
  }
  return answer;
}

export const loadProfiles = () => getOnce('/api/profiles');
export const loadTable = (profile, type) => getOnce(`/api/profiles/${profile}/top?type=${type}`);
export const loadFlame = (profile, type, root) =>
    getOnce(`/api/profiles/${profile}/flame?type=${type}&root=${root}`);
