// A certified OpenID Connect provider on loopback, whose answers can be spoiled on their way out.
// The address that somebody types is who they are; with "unverified" in it, the provider has not verified it.

import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'
import { exportJWK, generateKeyPair, importJWK, decodeJwt, SignJWT } from 'jose'

const port = Number(process.env.PORT)
const issuer = `http://127.0.0.1:${port}`
const key = async () => ({ ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)), kid: 'one', alg: 'ES256', use: 'sig' })
const [ours, theirs] = await Promise.all([key(), key()])

const provider = new Provider(issuer, {
  clients: [{ client_id: 'tiptracker', client_secret: process.env.CLIENT_SECRET, redirect_uris: [`${issuer}/`], id_token_signed_response_alg: 'ES256' }],
  jwks: { keys: [ours] },
  cookies: { keys: ['journeys'] },
  claims: { email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, ...(id.includes('@') && { email: id, email_verified: !id.includes('unverified') }) })
  }),
  loadExistingGrant: async ctx => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  }
})
// The port of the application under test is its own choice.
provider.Client.prototype.redirectUriAllowed = uri => new URL(uri).hostname === '127.0.0.1'
const answer = provider.callback()

// Another token than the one that was issued, under the provider's own name for its key.
async function resigned (token, changes, by = ours) {
  return new SignJWT({ ...decodeJwt(token), ...changes }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(await importJWK(by, 'ES256'))
}
const now = () => Math.floor(Date.now() / 1000)
const FAULTS = {
  'wrong audience': token => resigned(token, { aud: 'somebody-else' }),
  'wrong issuer': token => resigned(token, { iss: 'http://127.0.0.1:1' }),
  'wrong nonce': token => resigned(token, { nonce: 'another' }),
  'wrong signature': token => resigned(token, {}, theirs),
  'expired token': token => resigned(token, { exp: now() - 3600, iat: now() - 7200 }),
  'somebody else': token => resigned(token, { sub: 'somebody-else' })
}
let fault = ''

createServer(async (request, response) => {
  const path = new URL(request.url, issuer).pathname
  if (path === '/fault') {
    fault = await text(request)
    return response.end()
  }
  const [broken, where] = fault.split(' at ')
  if (where && path.startsWith(where)) {
    if (broken === 'silence') return
    if (broken === 'garbage') return response.end('<html>It works!</html>')
    if (broken === 'a list') return response.end('[1]')
    if (broken === 'nothing') return response.end('{}')
    if (broken === 'an error') return response.writeHead(500).end('{"error": "oops"}')
  }
  if (path.startsWith('/interaction/')) return interact(request, response)
  if (path === '/token' && FAULTS[fault]) spoil(response, FAULTS[fault])
  return answer(request, response)
}).listen(port, '127.0.0.1', () => console.log('ready'))

// Change the ID token in the answer that is about to be sent.
function spoil (response, change) {
  const end = response.end.bind(response)
  response.end = async body => {
    const said = JSON.parse(body)
    if (said.id_token) said.id_token = await change(said.id_token)
    const changed = JSON.stringify(said)
    response.setHeader('content-length', Buffer.byteLength(changed))
    return end(changed)
  }
}

async function interact (request, response) {
  if (request.method === 'POST') {
    const accountId = new URLSearchParams(await text(request)).get('login')
    return provider.interactionFinished(request, response, accountId ? { login: { accountId } } : { error: 'access_denied' })
  }
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><html lang="en"><title>Organisation</title><h1>Organisation</h1><form method="post"><label>Who are you? <input name="login"></label><button>Go on</button></form>')
}
