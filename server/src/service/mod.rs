//! Everything that pages and the phone's calls may ask of the server, as plain async functions. Handlers translate.
//!
//! ```text
//! impl Service {                                   // cheap to clone; every async fn -> Result<_, Failure>
//!   fn organisation(&self) -> &Organisation;  fn policy(&self) -> &Policy;  fn pages_url(&self) -> &PagesUrl;  fn now(&self)
//!   fn new_cookie(&self) -> SessionCookie;         // for a browser without session: carries the sign-in form's CSRF token
//!   async fn sign_in(&self, user_name: &str, password: Password, visitor: &Visitor) -> SignIn;
//!   async fn session(&self, cookie: &SessionCookie) -> Option<Session>;      // None: signed out; Session::step says what next
//!   async fn finish(&self, session: &Session) -> Option<SessionCookie>;      // at Step::Finish, once: set the new cookie
//!   async fn sign_out(&self, session: &Session);  async fn sign_out_one(&self, session, other: SessionId);  async fn sign_out_everywhere(&self, session);
//!   // the request to the phone: a sign-in at Step::Prove, a change of methods at Step::Full
//!   async fn ask(&self, session: &Session, visitor: &Visitor) -> Ask;        // also "Send again"
//!   async fn request(&self, session: &Session) -> Option<RequestView>;
//!   async fn use_code(&self, session: &Session, typed: &str) -> CodeUse;     // signs in, or opens Security info for changes
//!   // adding a phone, in the wizard (Step::SetUp) and on Security info (open for changes)
//!   async fn set_up(&self, session: &Session) -> SetUp;
//!   async fn show_code(&self, session: &Session) -> ShowCode;                // a new code ends the old
//!   async fn show_typed_code(&self, session: &Session) -> ShowCode;
//!   async fn confirm_phone(&self, session: &Session, visitor: &Visitor) -> Ask;   // "Yes": sends the test; "Send again"
//!   async fn refuse_phone(&self, session: &Session);                         // "No, remove it"; Cancel
//!   async fn prove_by_code(&self, session: &Session, typed: &str) -> Proof;
//!   async fn save_phone(&self, session: &Session) -> bool;
//!   // Security info
//!   async fn security_info(&self, session: &Session) -> SecurityInfo;
//!   async fn close_changes(&self, session: &Session);  async fn lift_pause(&self, session: &Session) -> bool;
//!   async fn delete_phone(&self, session: &Session, phone: DeviceId, sign_out_everywhere: bool) -> Deletion;
//!   fn listen(&self, account: AccountId) -> Listening;                       // for live pages: listen, read, compare, changed(hold)
//! }
//! ```

mod failure;
mod request;
mod security_info;
mod session;
mod set_up;
mod sign_in;

pub use failure::Failure;
pub use request::{Ask, Outcome, RequestView};
pub use security_info::{Deletion, PhoneView, SecurityInfo, SessionView};
pub use session::{Csrf, Session, SessionCookie, SessionId, Step, Visitor};
pub use set_up::{CodeView, Proof, SetUp, ShowCode, TypedView};
pub use sign_in::{CodeUse, Password, SignIn};
