// Where somebody goes after signing in.

const PAGES = { expert: "/expert/" }
const DESK = "/coordinator/"

/**
 * The page that asked for the sign-in, when it is one of this role's own; else the role's first page.
 * @param {string} role @param {string | null} next as given in the address: not to be trusted
 */
export function pageAfter(role, next) {
  const own = PAGES[role] || DESK
  return next && next.startsWith(own) ? next : own
}
