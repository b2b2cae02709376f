import type { components } from './schema';
type Me = components['schemas']['MeOut'];
type Role = components['schemas']['Role'];
interface Ok<T> { headers: object; content: { 'application/json': T } }
interface Person { id: string; name: string; email: string; roles: Role[]; signs_in_with: 'password' | 'oidc'; created_at: string; created_by: string; last_sign_in_at: string | null }
interface Invitation { id: string; email: string; roles: Role[]; created_at: string; created_by: string; expires_at: string }
interface Body<T> { content: { 'application/json': T } }
/** What the gateway is about to describe in its own document; then this file goes. */
export interface Coming {
  '/sign-in/options': { get: { parameters: object; responses: { 200: Ok<{ password: boolean; oidc: { name: string } | null }> } } };
  '/sign-in': { post: { parameters: object; requestBody: Body<{ email: string; password: string }>; responses: { 200: Ok<Me> } } };
  '/join': { post: { parameters: object; requestBody: Body<{ token: string; name: string; password: string }>; responses: { 200: Ok<Me> } } };
  '/sign-out': { post: { parameters: object; responses: { 200: Ok<{ signed_out: boolean }> } } };
  '/me/password': { post: { parameters: object; requestBody: Body<{ current_password: string; password: string }>; responses: { 200: Ok<Me> } } };
  '/people': { get: { parameters: object; responses: { 200: Ok<{ people: Person[]; invitations: Invitation[] }> } } };
  '/people/invitations': { post: { parameters: object; requestBody: Body<{ email: string; roles: Role[] }>; responses: { 200: Ok<Invitation & { link: string }> } } };
  '/people/invitations/{invitation_id}': { delete: { parameters: { path: { invitation_id: string } }; responses: { 200: Ok<{ id: string; removed: boolean }> } } };
  '/people/{person_id}': {
    put: { parameters: { path: { person_id: string } }; requestBody: Body<{ roles: Role[] }>; responses: { 200: Ok<Person> } };
    delete: { parameters: { path: { person_id: string } }; responses: { 200: Ok<{ id: string; removed: boolean }> } };
  };
}
