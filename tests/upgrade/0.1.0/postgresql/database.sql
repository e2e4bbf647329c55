SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.refuse_to_change_evidence() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS = 1 THEN
        IF to_jsonb(NEW) = to_jsonb(OLD) || '{"sealed": null}' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';
END
$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attachment (
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    report_id uuid,
    member_id uuid,
    added_at timestamp with time zone NOT NULL,
    size integer NOT NULL,
    place character varying(32) NOT NULL,
    digest character varying(64) NOT NULL,
    content_hash character varying(64) NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    CONSTRAINT ck_attachment_one_giver CHECK (((report_id IS NULL) <> (member_id IS NULL)))
);
CREATE TABLE public.authenticator (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    in_use boolean NOT NULL,
    last_step integer NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL
);
CREATE TABLE public.awareness (
    id uuid NOT NULL,
    clock_id uuid NOT NULL,
    aware_at timestamp with time zone NOT NULL,
    zone character varying(60) NOT NULL,
    member_id uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    incident_id uuid NOT NULL
);
CREATE TABLE public.checkpoint (
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    root character varying(64) NOT NULL,
    previous character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    signature character varying(128) NOT NULL
);
CREATE TABLE public.checkpoint_entry (
    entry_id uuid NOT NULL,
    number integer NOT NULL,
    "position" integer NOT NULL,
    leaf character varying(64) NOT NULL
);
CREATE TABLE public.clock (
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    duty character varying(40) NOT NULL,
    legal boolean NOT NULL,
    policy_version character varying(60) NOT NULL,
    zone character varying(60) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    deadline_at timestamp with time zone NOT NULL,
    provisional boolean NOT NULL,
    ended_at timestamp with time zone,
    ended_by character varying(40),
    late_seconds integer,
    ladder jsonb NOT NULL,
    revision integer NOT NULL,
    arm integer NOT NULL,
    armed_at timestamp with time zone NOT NULL,
    next_check_at timestamp with time zone,
    failures integer NOT NULL,
    failed_reason character varying(200)
);
CREATE TABLE public.data_key (
    scope uuid NOT NULL,
    seal character varying(40) NOT NULL,
    epoch character varying(20) NOT NULL,
    wrapped bytea NOT NULL,
    CONSTRAINT ck_data_key_seal CHECK (((seal)::text = ANY ((ARRAY['content'::character varying, 'identity'::character varying])::text[])))
);
CREATE TABLE public.erasure (
    id uuid NOT NULL,
    erased_id uuid NOT NULL,
    extent character varying(40) NOT NULL,
    number integer NOT NULL,
    line_hash character varying(64) NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    member_id uuid,
    scrubbed_at timestamp with time zone,
    sealed bytea,
    sealed_revision integer NOT NULL,
    CONSTRAINT ck_erasure_extent CHECK (((extent)::text = ANY ((ARRAY['identity'::character varying, 'incident'::character varying])::text[])))
);
CREATE TABLE public.filing (
    id uuid NOT NULL,
    clock_id uuid NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    incident_id uuid NOT NULL
);
CREATE TABLE public.heartbeat (
    id uuid NOT NULL,
    beat_at timestamp with time zone NOT NULL
);
CREATE TABLE public.history_entry (
    id uuid NOT NULL,
    incident_id uuid,
    at timestamp with time zone NOT NULL,
    actor character varying(60) NOT NULL,
    action character varying(60) NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    seq integer,
    previous character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    touched jsonb NOT NULL
);
CREATE TABLE public.hit (
    key character varying(100) NOT NULL,
    "window" timestamp with time zone NOT NULL,
    count integer NOT NULL
);
CREATE TABLE public.incident (
    id uuid NOT NULL,
    reference character varying(16) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    kind character varying(20) NOT NULL,
    people character varying(10) NOT NULL,
    severity integer NOT NULL,
    status character varying(40) NOT NULL,
    verdict character varying(40),
    outcome character varying(40),
    suspicious character varying(40),
    owner_id uuid,
    read_at timestamp with time zone,
    taken_at timestamp with time zone,
    acted_at timestamp with time zone,
    closed_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    unread_reply boolean NOT NULL,
    next_step character varying(40) NOT NULL,
    next_duty character varying(40),
    next_due_at timestamp with time zone NOT NULL,
    legal_due_at timestamp with time zone,
    sealed bytea,
    sealed_revision integer NOT NULL,
    chain_seq integer NOT NULL,
    chain_head character varying(64) NOT NULL,
    restricted boolean NOT NULL,
    identity_erased_at timestamp with time zone,
    erased_at timestamp with time zone,
    CONSTRAINT ck_incident_nextstep CHECK (((next_step)::text = ANY ((ARRAY['first_look'::character varying, 'decide'::character varying, 'answer'::character varying, 'notify'::character varying, 'read_reply'::character varying, 'wait'::character varying, 'close'::character varying, 'nothing'::character varying])::text[]))),
    CONSTRAINT ck_incident_outcome CHECK (((outcome)::text = ANY ((ARRAY['false_alarm'::character varying, 'test'::character varying, 'duplicate'::character varying, 'weakness_only'::character varying, 'advice_given'::character varying, 'resolved'::character varying])::text[]))),
    CONSTRAINT ck_incident_severity_range CHECK (((severity >= 1) AND (severity <= 4))),
    CONSTRAINT ck_incident_status CHECK (((status)::text = ANY ((ARRAY['new'::character varying, 'assessing'::character varying, 'waiting'::character varying, 'handling'::character varying, 'closed'::character varying])::text[]))),
    CONSTRAINT ck_incident_verdict CHECK (((verdict)::text = ANY ((ARRAY['personal_data_breach'::character varying, 'security_incident'::character varying, 'not_an_incident'::character varying])::text[])))
);
CREATE TABLE public.incident_member (
    incident_id uuid NOT NULL,
    member_id uuid NOT NULL
);
CREATE TABLE public.key_check (
    public_key character varying(64) NOT NULL
);
CREATE TABLE public.ladder_step (
    duty character varying(40) NOT NULL,
    key character varying(40) NOT NULL,
    "position" integer NOT NULL,
    step jsonb NOT NULL
);
CREATE TABLE public.mail_hold (
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.member (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    role character varying(40) NOT NULL,
    password_hash character varying(200),
    language character varying(8) NOT NULL,
    zone character varying(60) NOT NULL,
    theme character varying(8) NOT NULL,
    shortcuts boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    mail_refused_at timestamp with time zone,
    CONSTRAINT ck_member_role CHECK (((role)::text = ANY ((ARRAY['administrator'::character varying, 'responder'::character varying, 'dpo'::character varying, 'reader'::character varying])::text[])))
);
CREATE TABLE public.member_session (
    token_hash character varying(64) NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    stage character varying(40) NOT NULL,
    browser character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    CONSTRAINT ck_member_session_stage CHECK (((stage)::text = ANY ((ARRAY['code'::character varying, 'enrolment'::character varying, 'password'::character varying, 'full'::character varying])::text[])))
);
CREATE TABLE public.message (
    id uuid NOT NULL,
    report_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    member_id uuid,
    written_at timestamp with time zone NOT NULL,
    form_hash character varying(64) NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL
);
CREATE TABLE public.note (
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    member_id uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    form_hash character varying(64) NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL
);
CREATE TABLE public.notice (
    id uuid NOT NULL,
    clock_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    step character varying(40) NOT NULL,
    round integer NOT NULL,
    occurrence integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    superseded boolean NOT NULL,
    stood_down_at timestamp with time zone,
    stood_down_for character varying(40)
);
CREATE TABLE public.outbox_mail (
    id uuid NOT NULL,
    dedupe character varying(200) NOT NULL,
    letter character varying(40) NOT NULL,
    incident_id uuid,
    notice_id uuid,
    member_id uuid,
    report_id uuid,
    context jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    give_up_at timestamp with time zone NOT NULL,
    state character varying(40) NOT NULL,
    attempts integer NOT NULL,
    lease uuid,
    lease_until timestamp with time zone,
    maybe_duplicate boolean NOT NULL,
    message_id character varying(200) NOT NULL,
    settled_at timestamp with time zone,
    outcome character varying(40),
    answer character varying(300),
    earlier_attempts integer NOT NULL,
    first_claimed_at timestamp with time zone,
    last_claimed_at timestamp with time zone,
    CONSTRAINT ck_outbox_mail_mailstate CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'sent'::character varying, 'dead'::character varying, 'skipped'::character varying])::text[])))
);
CREATE TABLE public.passkey (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name character varying(60) NOT NULL,
    credential character varying(1364) NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.post_holder (
    post character varying(40) NOT NULL,
    member_id uuid NOT NULL,
    CONSTRAINT ck_post_holder_post CHECK (((post)::text = ANY ((ARRAY['on_call'::character varying, 'back_up'::character varying, 'dpo'::character varying, 'owner'::character varying])::text[])))
);
CREATE TABLE public.provider_account (
    member_id uuid NOT NULL,
    account_hash character varying(64) NOT NULL,
    linked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.recovery_code (
    code_hash character varying(64) NOT NULL,
    member_id uuid NOT NULL
);
CREATE TABLE public.relay_silence (
    id integer NOT NULL,
    since timestamp with time zone NOT NULL,
    tried_at timestamp with time zone NOT NULL
);
CREATE TABLE public.report (
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    language character varying(8) NOT NULL,
    form_hash character varying(64) NOT NULL,
    code_hash character varying(64) NOT NULL,
    code_saved_at timestamp with time zone,
    privacy_version character varying(20) NOT NULL,
    look_promised_at timestamp with time zone NOT NULL,
    answer_promised_at timestamp with time zone NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    sealed_identity bytea,
    email_hash character varying(32)
);
CREATE TABLE public.signed_decision (
    id uuid NOT NULL,
    clock_id uuid NOT NULL,
    decision character varying(40) NOT NULL,
    member_id uuid NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    sealed bytea,
    sealed_revision integer NOT NULL,
    incident_id uuid NOT NULL
);
CREATE TABLE public.spent (
    token_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.verification (
    id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    entries integer NOT NULL,
    checkpoints integer NOT NULL,
    findings integer NOT NULL,
    first character varying(300) NOT NULL
);
CREATE TABLE public.welcome_link (
    token_hash character varying(64) NOT NULL,
    member_id uuid,
    expires_at timestamp with time zone NOT NULL
);
INSERT INTO public.alembic_version VALUES
	('0016');
INSERT INTO public.attachment VALUES
	('01a21822-4d0c-7e9f-8fa2-4db0d1eebbb4', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', '01a21822-4ccc-70f2-8a71-3eb8d515a414', NULL, '2026-11-26 13:53:50.88587+00', 23, '9f9cf954a3df0c223faa8f09e2ec1825', '972ba4e7f5e1d97980260b76ab77bc4dafafd512766c6283b0c5353b7c207ce8', 'd812e8f37574f27035ebf000889c49645837a62e86c343af109b555c832976f6', '\x019c83a1a75aa510d98c30e0eb762efa0a3791e05919eb56dba2d1dbe1d8324ee180782f8f3e9a6ecdc016c09c1066307e1ba630e2f4523befa13f1140ec97826c0e6c82069ae931c50b4294e8a223b2901b63b990a64b1abe479b11e97a9047ec90e1569181b8e8c2993ce449590cb874c7b0b66a01ddf7c7fd57d2403db2b3df0576cbae0c205dbe59f0faa6e259fff01357566ae9b760189daa6c8dbb79180e9dbf4f42f1a50f0726088f9900d2aac4db06c4367c33030a583c48322efe6b3d22000962ced9354617b543ac6133917706bbf57ff2b1b7a2192bb89b0c83f8f474c7ad68838da54e631a6a213773ae7b26f08765d9cfeb286a2346a3d83f3ffcf46586f1c1de726bcb977aa128461d50f1382456c894c60993219197', 1);
INSERT INTO public.authenticator VALUES
	('01a21822-490d-7233-b8c7-68f6fc6896a4', '01a21822-43f8-7145-a21b-f03a0004d413', true, 59856705, '\x01046dec1a59d7101973ac7fa898bbaa927ad740adf2d06e9e60993c2a0c670fc472a0da13463027a8ffc3d98aff03a28b5bb637005472bd8eb883e5a580bdd2b6b5cccdef186f05e71484a9d3bb79f383bb0cb2359f804d50b3469f13415b23b274f96eee5aeb4a84719997d308c8e925aede92955b6d904e7969fb7fe1c4baee2b8b5b7af9aaa7626ebc2c6b170e735dffb88269b23746ab15913dec9dec5034af57f286074abd9b161724fc2f263cb37381297b3ba943cb887996e7a51af1fec5d54a0ddb1f2b776cf417f4be4b1d8564a9045f323dbdbb488878219b34aa28bb9ed7c09670c7fff0b606622d247e7238f114b123486a2091ede6cd5fb22d56879671705c23a85583be7848e9ee2b871d76e50c1550206242d2bd9d', 1);
INSERT INTO public.awareness VALUES
	('01a21822-44d3-7d88-ab46-ba2be6913e0c', '01a21822-4429-7111-b2b7-fd05ecb53e4b', '2026-11-23 16:35:46.343962+00', 'Europe/Amsterdam', '01a21822-43fd-7244-8731-739d750215c9', '2026-11-23 19:23:46.343962+00', '\x0164d61e8d3349342cf67d852324866c79867b07051848293caf6a933a0a569ee1aa56fe3a25c5dbe597c7ed6e007bc35703f0bac58fd2a7d750c7adca745cf29279b0ef46817476d31fb062e45384903bd03152cdb709166a7074c389401406fb95d3a7f421a8bc5eda242c3a1263de52e27529330505adf44e77d9458dfe4461814b0bedc6ebd314265865054b5f1edde75a1835a06ab4c9c70859c65b0cae51b973cf5b4cc605fb586d784c78ebe177072fef0992054662bd362cacdc5b294bd852770884167a4aff9f463104b016e1d2f20db5b5444c9de3394bce1fa0c719efb89fcb37db059064dd753c5e46f6b3d741e0c9c880e8b18001e10c5f2136295139078501393d82312fd5f8f331fc7e4bc6749872d711b036fd891b', 1, '01a21822-4413-7705-a636-c85d19b3aa52'),
	('01a21822-454b-7d54-826b-b66007956637', '01a21822-44f8-7f23-bc75-615ace4edfbe', '2026-11-21 16:53:46.343962+00', 'Europe/Amsterdam', '01a21822-43fd-7244-8731-739d750215c9', '2026-11-22 09:53:46.343962+00', '\x01798a49dbb13fc3fc1b856b5159bf0515d4fdcadbb9dde9b582f4aa5d16589d4fd95eb4c6e5969dc75c231f5621dd40a0b828835b7495b86e8314d77840bb0e3a7a49e28ab7365f8de532e8e36cbeb5e23052af7216a28fbfe65ad31024f6d27cc0dc828fb8e7efe2d2aff21eedb0080c8d11aff56d3134051d451985ddd447ad0ba6e452af7a3a00e11c3f04b9eabb560ce4f7fd832f91a402be55a208d6852c2403e589a510c7b9d9a2f4607d4b24e53e86785f7d9f834b29db595775a6ce8be4b65cab5f61b7f70a6011b71ad76ae30a18e98806e192c0d24c252d4af261358fb6387847d4599c42e48103154fdc5815a609eb147ab89d024157825573f0639c561d100d11a84e3cb902ad1f3ae9e17adc652c8a6815e58af566e6', 1, '01a21822-44e9-7cf4-8d32-c1dc20ec3995');
INSERT INTO public.checkpoint VALUES
	(1, '2026-11-26 13:53:46.343962+00', 34, 'f28b1ba89ca08bdc199962afcfc876e482b829b05a4d1e5e196eb9f537c3f007', '0000000000000000000000000000000000000000000000000000000000000000', '7b799475ae9c495c66474cea74daf7c56010a5a3b016f8d7e74f9559e0544c70', '0c3a218cefa5c47236101e0f843dd6d67df7a38b0e723627c9614a2b8986264aac35e69ff547c95fb301c4a195e87d87e217f708f70ae0e5c1d382476487e003');
INSERT INTO public.checkpoint_entry VALUES
	('01a21822-43ed-7a20-ab4d-b1902f30e69c', 1, 0, 'b65a12251f8f4eb2d8dc121094783c7d80bd2503c3b0db4bb61b63f720654a2a'),
	('01a21822-43fc-7004-a897-55c81c832cdf', 1, 1, 'ba47f661c97a1a28c06878d70360d77d15a0466b6014f3638ed44f4f87bb784f'),
	('01a21822-43fd-7839-ae68-3ece452c92b4', 1, 2, '0e934a99435603223e9531821a75dacba9c09a053fd6ecc13f391da46bee80a0'),
	('01a21822-43fe-7ad6-b733-144b64efcbd4', 1, 3, 'dd437f5206b9faf12d2c7003cc96d3593394f9544d2d2f4cd28a810a18a80f0b'),
	('01a21822-4430-7a77-bc78-f242cf82ddeb', 1, 4, 'eb80cc2d680cd13d0dfa1a5bcf57d636a9e182ce6f2e0410570ab0667dec2815'),
	('01a21822-4466-7bb4-92e7-7d10f335b5fe', 1, 5, '9ac1226cc61c9c119548f96abd2dc731705f3c4a81d5ed699584fe45970487df'),
	('01a21822-4494-7c92-8dff-c2064e3653eb', 1, 6, 'bf40c2e516aebfabf0ad2c8c7252ef4306cd923ec639b7fe46d4b906985bd67c'),
	('01a21822-44b1-7821-9fda-459db6e52382', 1, 7, '0ba55824e94f1fa34771798c8dc896027bdf0184293ae84c614e901e154d61e2'),
	('01a21822-44db-786e-a456-7b14343e1c19', 1, 8, 'cb48ff0c8031597a758b0706e7ab9670cf34769d9d9eefc44d9f8ebd7171a58a'),
	('01a21822-44fb-7e14-803e-6a29b9f12cfb', 1, 9, '89c3aa858b34758f15572bf661b9a41b5db204d59a01ec27aca15910371158f8'),
	('01a21822-451a-7045-b3d5-fb1341c325ef', 1, 10, '5eba8496d89d9e24952e7e0f394da7b7ecd904301afa098dc2e0c2f124785bb5'),
	('01a21822-4535-7ae3-be1f-009355eccc7b', 1, 11, 'c55dce9190b675cceacfefd32ab712941724e6304e553446f8ddd501e718e352'),
	('01a21822-4551-721a-a3ba-55ca6209f1ce', 1, 12, 'a9853c428e670b95252dac31e83d856bb6ca1801b243172c7547d2d9a0fe4c0e'),
	('01a21822-456f-71df-b526-4490844f3f8e', 1, 13, '52b384dc453d617fc8d04ef30b26935c50e83436499a0a4187335a61c17bc296'),
	('01a21822-458c-7385-aed8-dbaecb6f1375', 1, 14, 'ce620afe4298c3c880fdab85df73936dac4b010628472a71e14c8ad849b6d931'),
	('01a21822-45a5-7fee-bc41-1ad7a29b2901', 1, 15, '0c085d68665931e30b7ea5c88846bcba6010340eab3a39388af06852fea0e448'),
	('01a21822-45c5-7138-8ff6-40bebf2e02b7', 1, 16, 'ae01d00444be2f2a7f5609d58de015c29d3a9e9d1041cea70e7c5eb1a6e40527'),
	('01a21822-45e8-7095-a19a-ceeee976930f', 1, 17, '802300fafb5310f668473ff0f8d10c9c99380f30e77ccf2ce1da8d855aa3abf3'),
	('01a21822-45fd-7687-96a9-5cafb6feccd4', 1, 18, '557c4bb484433b7ecd1f32bd7f2a73a34b8e60c8f8c7e4853c140f9ef70eafaa'),
	('01a21822-4629-77d3-8ed8-828b940f8e2c', 1, 19, 'a1404ee05632c3c118a96b332b84537d770f839a45b2c5143d696d3ffe696334'),
	('01a21822-4652-7bf7-94cc-33cb52ae8d12', 1, 20, 'b9556b0f016a314665989b4e26d0a92ec2c777822d311a770a26f491660d8ebf'),
	('01a21822-466a-79a8-8ca0-be96b7913ad8', 1, 21, '95d74614bafe7b425fe6510c28030b6c08938beb9cc13b5d4f6b2f26cc2462d1'),
	('01a21822-469e-7d07-be1e-c124dc1eedbf', 1, 22, '136d4051e1167f92349f530191f465237fc0409e1ae9b57d364859c85f34ffc9'),
	('01a21822-46bd-7150-934b-f5ea7d07c8f2', 1, 23, 'f36a1bb28fd708abd2624da0673e4aaa20b392ec885a84d6c4ea08e98d713e37'),
	('01a21822-46e0-7c66-b32e-cb9589876234', 1, 24, '0919f7662e91131d36e159318bb076a21b397685fbea2391b22cd2746bb7e968'),
	('01a21822-46fc-7d3c-bd81-95303923a48c', 1, 25, '252e5bdb0cb27b53ea8706b88fab8c365467e17813277769420bf93cfb707c67'),
	('01a21822-471a-7a69-8265-6a19c705fae4', 1, 26, 'afe5180cf0643df151d0c577a6c8e29ecdef2eff64650a9194a151fe2901f1ac'),
	('01a21822-4914-728b-840d-a807ff0a897a', 1, 27, '684785a797bb808c29f2aa116e2d97036b8072fab34d203d19065d1c989a773f'),
	('01a21822-4937-7fa1-a69d-dbb09d937595', 1, 28, '9ad74af14ea93df75e6d1d969850f7304b3a19861ce8ab89139cd414d10a7c4f'),
	('01a21822-4972-7ece-9edb-db9eb9bbcee9', 1, 29, '9d952f936ba4b0ee05971a0023d190c799f1bdb93c9c23929aa8175b5868602d'),
	('01a21822-499f-7b74-a452-a6f57b83d688', 1, 30, 'd50f81cef9186a55adb5ffe275ebceda9159f927dbbe27d4596b3afa10c90b0d'),
	('01a21822-4ccc-7219-abf0-ae7609fd9b11', 1, 31, '5a9edbd542373c5761134ebc8040145a82bcb69c15ce2393015f7a21f85b272a'),
	('01a21822-4d33-7c8c-bba1-5f1cf29d5e0a', 1, 32, 'd79245c0dae75e56c54bd1a396fd4b6e4ebf517af83753c1f4bb731ca3c777c4'),
	('01a21822-4dba-7e60-814f-1b2855315c8f', 1, 33, 'b91ec4857fa8c310ff1a13919ef221541147d6abab7739180fbbdbbca9749a89');
INSERT INTO public.clock VALUES
	('01a21822-4423-7020-b7f4-48fdf1b321f7', '01a21822-4413-7705-a636-c85d19b3aa52', 'first_look', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-23 16:23:46.343962+00', '2026-11-23 16:53:46.343962+00', false, '2026-11-23 16:35:46.343962+00', 'incident.taken', 0, '[]', 0, 0, '2026-11-23 16:23:46.343962+00', NULL, 0, NULL),
	('01a21822-4423-7056-b840-37c06fee0ade', '01a21822-4413-7705-a636-c85d19b3aa52', 'first_answer', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-23 16:23:46.343962+00', '2026-11-23 20:23:46.343962+00', false, '2026-11-23 17:23:46.343962+00', 'message.sent', 0, '[]', 0, 0, '2026-11-23 16:23:46.343962+00', NULL, 0, NULL),
	('01a21822-44f5-77dd-913b-5e6a7e6b0697', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'first_look', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-21 13:53:46.343962+00', '2026-11-21 15:53:46.343962+00', false, '2026-11-21 15:53:46.343962+00', 'incident.taken', 0, '[]', 0, 0, '2026-11-21 13:53:46.343962+00', NULL, 0, NULL),
	('01a21822-44f5-7a89-9409-a14845ebbec8', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'first_answer', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-21 13:53:46.343962+00', '2026-11-22 13:53:46.343962+00', false, '2026-11-23 00:53:46.343962+00', 'message.sent', 39600, '[]', 0, 0, '2026-11-21 13:53:46.343962+00', NULL, 0, NULL),
	('01a21822-44f5-7a99-9e3e-7b6c3ac97841', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'decision', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-21 13:53:46.343962+00', '2026-11-22 13:53:46.343962+00', false, '2026-11-21 19:53:46.343962+00', 'verdict.set', 0, '[{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}]', 0, 1, '2026-11-21 21:23:46.343962+00', NULL, 0, NULL),
	('01a21822-4423-7062-b60a-804fd7778a5f', '01a21822-4413-7705-a636-c85d19b3aa52', 'decision', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-23 16:23:46.343962+00', '2026-11-23 20:23:46.343962+00', false, '2026-11-23 18:23:46.343962+00', 'verdict.set', 0, '[{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}]', 0, 2, '2026-11-23 18:08:46.343962+00', NULL, 0, NULL),
	('01a21822-459d-785f-b897-76d7b0b446c2', '01a21822-4599-765c-bab8-cb2e5676cf84', 'first_look', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-18 05:53:46.343962+00', '2026-11-18 13:53:46.343962+00', false, '2026-11-18 08:53:46.343962+00', 'incident.taken', 0, '[]', 0, 0, '2026-11-18 05:53:46.343962+00', NULL, 0, NULL),
	('01a21822-459d-7894-a0fb-ea35f9e87c7a', '01a21822-4599-765c-bab8-cb2e5676cf84', 'first_answer', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-18 05:53:46.343962+00', '2026-11-20 05:53:46.343962+00', false, '2026-11-18 09:53:46.343962+00', 'message.sent', 0, '[]', 0, 0, '2026-11-18 05:53:46.343962+00', NULL, 0, NULL),
	('01a21822-459d-789f-939b-6f5b7b0affe7', '01a21822-4599-765c-bab8-cb2e5676cf84', 'decision', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-18 05:53:46.343962+00', '2026-11-20 05:53:46.343962+00', false, '2026-11-19 01:53:46.343962+00', 'verdict.set', 0, '[{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}]', 0, 2, '2026-11-18 20:53:46.343962+00', NULL, 0, NULL),
	('01a21822-44f8-7f23-bc75-615ace4edfbe', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'gdpr_33_1_sa', true, '2018-05-25', 'Europe/Amsterdam', '2026-11-21 16:53:46.343962+00', '2026-11-24 16:53:46.343962+00', false, '2026-11-22 23:53:46.343962+00', 'filing', 0, '[{"key": "left_48h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -2880, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_24h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -1440, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_12h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -720, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_6h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -360, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_2h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -120, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_1h", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": -60, "repeat_minutes": null, "severity_at_most": 4}, {"key": "deadline", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 0, "repeat_minutes": null, "severity_at_most": 4}, {"key": "late", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 240, "repeat_minutes": 240, "severity_at_most": 4}]', 1, 0, '2026-11-21 13:53:46.343962+00', NULL, 0, NULL),
	('01a21822-46b5-74f7-92e5-cca16933c871', '01a21822-46aa-7919-9f5d-d47912b1abcf', 'first_look', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-22 13:53:46.343962+00', '2026-11-23 13:53:46.343962+00', false, '2026-11-22 15:53:46.343962+00', 'incident.taken', 0, '[]', 0, 0, '2026-11-22 13:53:46.343962+00', NULL, 0, NULL),
	('01a21822-46b5-7536-8f36-399c81f85a6d', '01a21822-46aa-7919-9f5d-d47912b1abcf', 'first_answer', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-22 13:53:46.343962+00', '2026-11-25 13:53:46.343962+00', false, '2026-11-22 16:05:46.343962+00', 'message.sent', 0, '[]', 0, 0, '2026-11-22 13:53:46.343962+00', NULL, 0, NULL),
	('01a21822-4cc0-7f9d-bdaf-710d6a11b3df', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'first_look', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-26 13:53:50.748746+00', '2026-11-26 21:53:50.748746+00', false, NULL, NULL, NULL, '[]', 0, 0, '2026-11-26 13:53:50.748746+00', NULL, 0, NULL),
	('01a21822-4cc0-7fd4-b091-25704cdf4a38', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'first_answer', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-26 13:53:50.748746+00', '2026-11-28 13:53:50.748746+00', false, NULL, NULL, NULL, '[]', 0, 0, '2026-11-26 13:53:50.748746+00', NULL, 0, NULL),
	('01a21822-4cc0-7fdf-86b6-541b31ecd947', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'decision', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-26 13:53:50.748746+00', '2026-11-28 13:53:50.748746+00', false, NULL, NULL, NULL, '[{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}]', 0, 0, '2026-11-26 13:53:50.748746+00', '2026-11-26 13:53:50.98271+00', 0, NULL),
	('01a21822-45a4-7162-8276-88eb27428385', '01a21822-4599-765c-bab8-cb2e5676cf84', 'gdpr_33_1_sa', true, '2018-05-25', 'Europe/Amsterdam', '2026-11-18 05:53:46.343962+00', '2026-11-21 05:53:46.343962+00', true, '2026-11-19 03:53:46.343962+00', 'decision', 0, '[{"key": "left_48h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -2880, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_24h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -1440, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_12h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -720, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_6h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -360, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_2h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -120, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_1h", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": -60, "repeat_minutes": null, "severity_at_most": 4}, {"key": "deadline", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 0, "repeat_minutes": null, "severity_at_most": 4}, {"key": "late", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 240, "repeat_minutes": 240, "severity_at_most": 4}]', 0, 0, '2026-11-18 05:53:46.343962+00', NULL, 0, NULL),
	('01a21822-46b5-7541-a578-4e8263067c5f', '01a21822-46aa-7919-9f5d-d47912b1abcf', 'decision', false, '2018-05-25', 'Europe/Amsterdam', '2026-11-22 13:53:46.343962+00', '2026-11-25 13:53:46.343962+00', false, '2026-11-22 16:05:46.343962+00', 'verdict.set', 0, '[{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}, {"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}]', 0, 1, '2026-11-23 09:23:46.343962+00', NULL, 0, NULL),
	('01a21822-4cc9-7dc9-8d54-d20f6275744c', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'gdpr_33_1_sa', true, '2018-05-25', 'Europe/Amsterdam', '2026-11-26 13:53:50.748746+00', '2026-11-29 13:53:50.748746+00', true, NULL, NULL, NULL, '[{"key": "left_48h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -2880, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_24h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -1440, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_12h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -720, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_6h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -360, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_2h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -120, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_1h", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": -60, "repeat_minutes": null, "severity_at_most": 4}, {"key": "deadline", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 0, "repeat_minutes": null, "severity_at_most": 4}, {"key": "late", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 240, "repeat_minutes": 240, "severity_at_most": 4}]', 0, 0, '2026-11-26 13:53:50.748746+00', '2026-11-26 13:53:50.98271+00', 0, NULL),
	('01a21822-4429-7111-b2b7-fd05ecb53e4b', '01a21822-4413-7705-a636-c85d19b3aa52', 'gdpr_33_1_sa', true, '2018-05-25', 'Europe/Amsterdam', '2026-11-23 16:35:46.343962+00', '2026-11-26 16:35:46.343962+00', false, NULL, NULL, NULL, '[{"key": "left_48h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -2880, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_24h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -1440, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_12h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -720, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_6h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -360, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_2h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -120, "repeat_minutes": null, "severity_at_most": 4}, {"key": "left_1h", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": -60, "repeat_minutes": null, "severity_at_most": 4}, {"key": "deadline", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 0, "repeat_minutes": null, "severity_at_most": 4}, {"key": "late", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 240, "repeat_minutes": 240, "severity_at_most": 4}]', 1, 0, '2026-11-23 16:23:46.343962+00', '2026-11-26 14:35:46.343962+00', 0, NULL);
INSERT INTO public.data_key VALUES
	('00000000-0000-0000-0000-000000000000', 'content', '20261126', '\xc479607e23ab8158efe5c329494fc2808c1697e206296dd2986f9f62746f310fabbc2ce35ffa4ba6c6636224a75ac0c126168d7848f396a8092e7542'),
	('00000000-0000-0000-0000-000000000000', 'identity', '20261126', '\x5d3806ffe7f4616ad0f98b50bc400b72fc17e3a65323e3b209a72c28c57c6c0c101fec586115628629240b1fec4f46952ba9ddf53d77aeedec2e3486'),
	('01a21822-4413-7705-a636-c85d19b3aa52', 'content', '20261126', '\x5f2e84b5ab9cc54844e79851b6d20321a8ac0fa63805170118d5073fdf4e2c1feacc3d2d877b6e265e467c1e8f5ca1e1649feb8742a76e80bad48a09'),
	('01a21822-4413-7705-a636-c85d19b3aa52', 'identity', '20261126', '\x0a4684a8c176fb428a9a03679f932cef6bf52c493cb309b78754e5bb12d984d8b8d8276fb526620ddefb0b664687b5b45cc6d267429d72e576360e44'),
	('01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'content', '20261126', '\x5338816d207108cfef1d19aca3644525b33717b644ab40c603cc586456e03d2ea88527cce07ddd370d8be22bdead27da76ec45648dc12837f5f248fd'),
	('01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'identity', '20261126', '\xd23a7f5ce803caf7f11ca0d7299efb0579a8ef8b4cd6e82a0dd24a9f8adb408f4e1d661fba46c39adf7388861110736fe4f64db99c30fe34e4625c56'),
	('01a21822-4599-765c-bab8-cb2e5676cf84', 'content', '20261126', '\x935321af131f34671c0ed72faf0847059988eeb633738052e8de45be5a1e731ca6303df5773bd61c1e66b17c6cb4e52b9557f1847e2c14a02e672caa'),
	('01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'content', '20261126', '\x33facbf0c29bc1bb159224d5e47db40996d9f593206482cb7e82fda8d30726a63f837aab4ed75449e6c0388a43ba2bc1a9f0572f5cc22c9464591552'),
	('01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'identity', '20261126', '\x1510e0f5977caad7dcb5984d43271b03afd1f9cd0f35b66ea457a24d6ed7076288357e5b367b085b6583f05558646a9b47f687a5a9675d2210b422e1');
INSERT INTO public.erasure VALUES
	('01a21822-4972-7d87-be80-8ee9a7b120d1', '01a21822-4599-765c-bab8-cb2e5676cf84', 'identity', 1, '12ece40342206b7bfec7e4a0e047d4954efd61382984ea3072c50738fc64d561', '2026-11-26 13:53:46.343962+00', '01a21822-43fd-7244-8731-739d750215c9', NULL, '\x01d8b334adf110a78dc0f7ce735bbadc7cb72ff570c656208ccd8a6a879e5182f44538774b56809ab852aeac669625ed581b24885854a3b121aa4c034ef6203136cd48226eeda69333eda43ea87ac7c0b4d6ea3383366bdc9b3899bddd0320a3e6a29e4fd17b5cb7104f462aa2f0c37993cf8ef07550b73be1248e59d3a157f6f27599942ef7ef8424250149559acff7a9da50db1e5c6881242284c76ebf8aa9e1adc53d2b151183ed2004a6effa412d62b47c737cb3756c53cf5c9c60a064f470e29b8575249a77c919e41edc743ffebf2e83529887b054b7bcf4f1e26add9f3c61f3e204fda0a2eb70ef8cbc5d0865121c2c31b75e4ea83fd32815d1ed800631a953167628d8216640d2bb2dc9232d53c872d7d350dac7a41365bd99', 1),
	('01a21822-499f-7a35-9cb6-762c5a76a84d', '01a21822-46aa-7919-9f5d-d47912b1abcf', 'incident', 2, '5fda69c13800d0d2f8509d0f2572f786d61447f854d6080273059db81d95766b', '2026-11-26 13:53:46.343962+00', '01a21822-43fd-7244-8731-739d750215c9', NULL, '\x0145899e7710e44012e9dae35325eb2d303702a527ea80915300939b43c9a23a9ef14d9ba290cc281170d87ed581df384c753ca99916f11c0090d75190726537dccee48853264b464059a422dad55822db51a7ec27c616e230d48558fd84aa4390f23c338d56d4bac917f379c5aae538c007524a6a5d4065cfd8f2a6f0cd1d927bc081e323277025c9dc65b137d4aad770005445923c8e2d455f21643c0307d9a6ee192729320b968dd44d5c2bfa46ce98b67d4fb8adbed1370bcbb80d85bb5590058b13805419d30f0f1e485833a6b2dd2a0b40b7c15b3a72cddb262d5fb76ebece9229dc76384eeb4bbce213ad0e1f8ec7e1e6e1846716f85fa333960277b4f6f715bd43fb708e234a6cd4b81e3be20512ccca9d5e6a261667c834ee', 1);
INSERT INTO public.filing VALUES
	('01a21822-4566-73cf-950d-0a318ca3c0d9', '01a21822-44f8-7f23-bc75-615ace4edfbe', '2026-11-22 23:53:46.343962+00', '01a21822-43fd-7244-8731-739d750215c9', '2026-11-22 23:53:46.343962+00', '\x01e86140b16411121bc8d9dd22f956b870a71cbee4af93f1acab157ce3a3daca836be25ec10f643ba7906bb6ad777368f81401a41771936d46c24fbfa32e12167793c8044cfdb9ea64bef44d7f910a4964a1e8cc6a9e20d0934a677b703367ee15a57333e95e5fda12395b129c7f4d3cd8deec005c4ded1e6916c81400b1cb01215d9e6b4ea0368fea5c0674bb101db89d7485fba23db26ed98379b13a43cef918a90c748239fa7f8988cf4e104938a201d93d04301d0b6dcb5b61adb6bb167f6ae5720788af2cd1b1d58921087a09e0a26e41d1a69f96f6f295dd28fa9c45768d05ba767cb49509a6a4724edbd52f45a1d02a9aa6f16d0d10fc107860a46ff63233596c80f67a1a0826f64639e7fe9a515b39e1a4a3edc20ef58f9ca7', 1, '01a21822-44e9-7cf4-8d32-c1dc20ec3995');
INSERT INTO public.heartbeat VALUES
	('01a21822-3cbe-75a1-a94a-a3640b576c40', '2026-11-26 13:53:46.686563+00');
INSERT INTO public.history_entry VALUES
	('01a21822-43ed-7a20-ab4d-b1902f30e69c', NULL, '2026-11-12 13:53:46.343962+00', 'member:01a21822-43e2-7dd1-831b-9598a916235a', 'member.added', '\x018e59a694ce1544dddf14799b5d9420a05b639597b15cd3105a98d2f3925ff8225fa3a3a1c8aae2ec9b48959d92f125ffbe9db718b6d541f6aaf776259a5411f910c3c75ccf6db3309f73a7375eaea91e0e1f97ecce15a573242ca6d1b7f31ef10fb68340c764c9d695e96daa1dbd414f7d5385a3e44e7ed6275c0887a295e56e676406345eb448923e38e64447cd1acd77c96335ad4e865686ab9dea2e8ec32a57b6fe958350d78535802386b43a6052be917b75a4f0614686b69bbe6d20f07c49d1cb6713c5f87ed0a60a8ef7ba760ec07ab0e775a151951e5d4028352919a641a4b5d7431022910690938645ff0dc2eb0825084cf2b84c4595e90a5cfad336d4386cfcfde565586c2dcb7d5f77bb2c0d8b96d2fa20f768be0831c2', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'b65a12251f8f4eb2d8dc121094783c7d80bd2503c3b0db4bb61b63f720654a2a', '[]'),
	('01a21822-43fc-7004-a897-55c81c832cdf', NULL, '2026-11-12 13:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'member.added', '\x014bc4a87b4d5d36e57c9a3e8453d324e97ec84772692d22e04268bba4ebc95041ce6e3fda2cf5eeec4d3cf4b7ebf54988617fd5bf08afe8a9f76ad735159051220e2faeba441c25258b8ac53a197c16eb7cdb53429b29706e620d1cbb75eca5b6d37379e9bc60462daf92c03396ef518b264f2cf52ab49ae21436b2cfce42d2740eed8bb14dd33986b7dd931d778bea96cab7cd8ae7238cc74e20935db97c4323f6240a853806a8d8995a74611ac1a69baf26ba1f12c2aa13ebdabd2fb7add0ce9b84ee686bc1fededf8d38137a26d1e363b6de529ddcacaff18aa56eac765e2c0112af6c709dfe436212a9acba986e766b5fd1b78bca4ba56f3f393f6be55ee6445f7582a18c9f4d179545bd1004ea946d04b09c1d618551ef3f8389', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'ba47f661c97a1a28c06878d70360d77d15a0466b6014f3638ed44f4f87bb784f', '[]'),
	('01a21822-43fd-7839-ae68-3ece452c92b4', NULL, '2026-11-12 13:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'member.added', '\x01793e884c41104de52ce88a497eb5f8cf0fe059be017ea862f7be7a9f615bae991a2880903daad551b9fe93039cfaa370c9be2d9b4683b28a794351451840b5d81a3242f3efee87f2cc6bb5e7d34fdaf3acad83cbe63159d4c13971a44fcc6dcdb0c4c4dc14b7c15488d1d103b0f1bbc75ab3673d35d24fe95e724a9547da9c35ba1e110fc25c4a1a7f81b931dbfb5a0f4ffd6f46ea09479dadb433a7ec41730d53fe1eb368add73bc7e85f067b0ff580edf16bee10890f624e517c173c6d1a33393e36e3b0bf6797e39d3c20ab444a54e51a4ec5610ae7b64e3a06a368ff769ecee8848a0e0d8e1d85e8320cb0de2c4b6d4792b16cd0cd2481870c980dc8dd192828cf3d9b2de86fb500d58f4b0590573a5d87e92257425d4b2c5c8e', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', '0e934a99435603223e9531821a75dacba9c09a053fd6ecc13f391da46bee80a0', '[]'),
	('01a21822-43fe-7ad6-b733-144b64efcbd4', NULL, '2026-11-12 13:53:46.343962+00', 'member:01a21822-43fe-75e6-9418-fab7fae657dd', 'member.added', '\x0106d3864f39cdaa1464f64d017a7d463e24482ca670d006f813b30c8dddc48b5bc3f8236fe66ec3e5e686355deab072acd0387d6ebeec75ecea4670acc7f0d3eaf4717df0bca262ad2f282bc02236161054c0d230a77dd4be64e03d3848ade7736849db9ce2330651786c1fc4f10c53217d2fa7a3d418103844aa76c165428e9787a2db4c9126c4c1b3e632279159cdbe1c222c91816abf80b2dfeb5fc7ec259d00aab0043dc67afcdcfcc25443229b24a80dc8f02358aaac0d7d792328c4aa8f4f4ddbc27596a52563a54754459fb1fd44504c4c76d3e8958db27e5256c32e67143f95c87f61512e7432a048b0f5b017f6b0dd62bc4526c94521bf90d5fa4c703d97a7172d4f61f269f1a4ff3f05d7dabcb56dd49ac9e051c993d60c', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'dd437f5206b9faf12d2c7003cc96d3593394f9544d2d2f4cd28a810a18a80f0b', '[]'),
	('01a21822-4430-7a77-bc78-f242cf82ddeb', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 16:23:46.343962+00', 'reporter', 'report.received', '\x0187c8694cd5fd2698479fa674a794e357b780627b61be7a087aefa70b83a6bfc9dbbf0a9237e4b5e466da52c8a8a2957fa0d8c6639ebc26981d289839cbbfae410302198b8254d11ace723025473c9accda6ec1ad9d8343e6bd8d9e6aeb9f9389eb1640f54f16d6f8db033d6d83870d90dacd491366722e277fd541de23a4fbe6d7aa4ed1186dc1883f2326ca0f0fe40c6b58af67051b51325548533e2f657ab749b12a471d7868e40c3d0263ba03d31fca4b6abbe5c8058ba28bdf20f2cad69fbfb8f21c2bf0912ae4fabcddec3f5632d7c8ab88a840baa0374c16dcc90237fd82b7348f8eb31941cc4ea760cb0b4df74fbf002154e1a5bd1ab0114baef1d32600918ea5cc4b11dd6ad76fd5cdfaca8a77fe537b8c6398ea34a28b1f', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', 'eb80cc2d680cd13d0dfa1a5bcf57d636a9e182ce6f2e0410570ab0667dec2815', '["incident", "01a21822-4413-7705-a636-c85d19b3aa52", "2af5c621e9397fda30c013d745fa236d28b6ce386d5cf753d4d87d22d01cceba", "report", "01a21822-4430-7940-a309-b1209c5f44f4", "3d3857a6696bc945bd5802eb47c90355e11b9378a5b8541197f5c4e824b5972a"]'),
	('01a21822-4466-7bb4-92e7-7d10f335b5fe', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 16:35:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.taken', '\x01d2f64d1f347732b089e45039977f3039816288eec8ef3e48d9f8828beace332123728c779d91b1fd7061ff0ccb6971f0f24fd68220c58265c2299252c4643dc16c2953786e6903de14852d3dbd63f16c003b6f4881e53e7e405a03d927b235ece8b31882a889ad74360bff3b2d56e12df22b89ac177e346fc4e124bfbb7d1464ae30d6e010d55496aa8ec35e3d09a3161bd616f4129c92a1e96af734422d08fb75bbd53fab3274a9dc42d540481857cd0c56639c1b0cbf553d93f5501f158723a3ef5f127aa7cdbb962026971111fd0d4233a7ccabe73b5dea33fb63c999b603f77aca692a52441a06864a0a10c5e77d267495890dae9d35ec7cb591866fc62ebbbbbba719dffe35ade87953a607eb66fd38b14f8656c1fecdd4b00d', 1, 2, 'eb80cc2d680cd13d0dfa1a5bcf57d636a9e182ce6f2e0410570ab0667dec2815', '9ac1226cc61c9c119548f96abd2dc731705f3c4a81d5ed699584fe45970487df', '[]'),
	('01a21822-4494-7c92-8dff-c2064e3653eb', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 17:23:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'message.sent', '\x0129fa71637a20822deb8aef847360e6bab36150bc6f9d345ec3cfe306c32cf92ff22eac5f64afa0da5d29bb44d85ad1a68b1eeaa618f9b683967bf07c4eb186023778fc244a6934530c3faf78489192f254d86c55cafafbbd4802baf85612e7a7cd424efcf09029923c4f27cc2643b2c945af187ece1c4f44f90754f19eeeb52dd738ed977fdd0493a8390170fe72a0e2f9d10289a727772b8b6aa55fe0f7fa534804475d470b3f7425711e62b786435cafb46b4159f17c4cd95094f75e72ef3180fefb81bdccfe4826d9a5ad9383d6433af271077004c19a0ba749548c7b79fe7834894efcfb5ae19bbb41f5cf2b17708c29170b056612427038c1cb69a1a9d51eb6e52f6e47b9bd6e86f6edec9eaeabec5bc64f419650df305a5486', 1, 3, '9ac1226cc61c9c119548f96abd2dc731705f3c4a81d5ed699584fe45970487df', 'bf40c2e516aebfabf0ad2c8c7252ef4306cd923ec639b7fe46d4b906985bd67c', '["message", "01a21822-4483-7c3a-b64b-83e38c97ec24", "ac61d09cacdcf0cee40e39e6adef9537000a749f30bb8a26877b39134ad70993"]'),
	('01a21822-44b1-7821-9fda-459db6e52382', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 18:23:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'verdict.set', '\x01f7caaa59ffbfb469cc8cd4e10aa20469c864aae45ed7a0752f9dd4a7beea039aff5ccca1f50103d1d671c73980549d4b12db3b86e83673db0e4806e12cbd86106614ccf3c47d19f52ee1a69e3a9e9d8151813b56b3ae65fc5bb6c637b344cf0be4976ca09c6b0507e606405435360d758de382411dc5d0b8daafc6e29f66726591e4529e260cb0cd86a451e1a98f9313081c98ab5c15d5eba1858fc1fe04613ea6ab8167776c0609b92738a2f4a802f6a7ee8965a8ea23f71e9c439812e8ac05682d04e002cabcf3ea9bf4c664f319c01aeb401a6cfc7aeabc42c3042e087c360e7555cd21ec738c01cce24924c64a8313f6a559440e02e810137a051df7b228174c77e8984a3e03e496ece500877459a3847309bb7a5ae4815811f9', 1, 4, 'bf40c2e516aebfabf0ad2c8c7252ef4306cd923ec639b7fe46d4b906985bd67c', '0ba55824e94f1fa34771798c8dc896027bdf0184293ae84c614e901e154d61e2', '[]'),
	('01a21822-44db-786e-a456-7b14343e1c19', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 19:23:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'awareness.set', '\x01158d8b2163cf6b0358eb62ff9774b6f4c81016f013c96bcfe56fdda56bf43e101259cfa6b799ec1c54c0e8d0a91e6d9fc151af58cc9114c7f5e3494cf6aa264dedd5aefa0995ce619f6c18d7f935f89f6b3cc4f2f654a2af71303b8e44c05431484fffe052843509755fa490dbf0ca4b04afb6d691df1ad02d3612cd6c6540211c961b2ae6e855d09e3a8aa18c4667607673534ce19e9553035497783d13ce73c7483224107434dfcd0a5d58d0d02bf73103aae43bea3aed344b9d5cda139486f4a099d5504b4485778114407f301594e22dbfcf069691a638e8ebb065e199f4d18881e448c7fa0ac7f4658e52ab0da12d2ce50e7f87c8337e3ad38448e02cf5da834b87e1ff877a2558e20958ea1ef684e4b56d463f53ee617922dd616ed042a773d32996fe1f9a91db017c7a3124d9291d68cabdd21e1074582dd1fe0ff90c53ab437ca3f68219bd0f36a7dba7f406b74e8fcd17a315f13bc3e4d3ad1c859bb21d299e3e5a83327cd3d8ee809d86c99794ff690c677362bdb05c4108d090cf5546cc4c792991aa74528e27caa3c0f8e68d6b4b280deff5226be27bc2d072526dbc98545af4f7e80823f93d34c69d3f30b8a59e673ccef2ae80674f45b644de3bc13f371e557af7a54716e0772a1b3bca9f4f390074e0d5fe61f8a834394a5f6aee066dde180515c44971fe6b193d9fa728f7378ec2e99056c8af1873d611893c0fe6fcf299cee00131c9b1288ff5582e388a5021b2b36f44fdb0ef', 1, 5, '0ba55824e94f1fa34771798c8dc896027bdf0184293ae84c614e901e154d61e2', 'cb48ff0c8031597a758b0706e7ab9670cf34769d9d9eefc44d9f8ebd7171a58a', '["awareness", "01a21822-44d3-7d88-ab46-ba2be6913e0c", "42e660ed346cf63625d0da5f5cccf72f5bac3570caebde6e813b2c608ce0adbf"]'),
	('01a21822-44fb-7e14-803e-6a29b9f12cfb', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-21 13:53:46.343962+00', 'reporter', 'report.received', '\x01cca3ddf303f27b2d3605a67df11444aaa009e1d3958e0bb39e369b24084960ec943eadf1d40cbe3bebeeb27fe7f36392d50dee6fb12602a7117a18599cb93fa11b3f155bf5e6f71826f827d2c0d1460c9acace6d0583d60c30419c1b32e6639112a91ed5dd9c5fc70217c17da3d3037343119307f0e07ce5336184466f62edb11f41864d505fb77c78e0d748e4502c6548ba44f703fe9b1d22b63614f983a55c191b4d59b2ada5078db5855380060510c4276ca28b2c7a6e61b0190b03da758ea6538cbf01537b82ca4b33e19a8d56c658c2c2ab9789404d8a4f9b83280e520523529834adf9bbf4240b59f73124a38058df2c3232d6839bda84af33f16d495f4cf80b948a80a327f5389f66c0076eed3021eb0fb96efaa9acdd5ce3', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', '89c3aa858b34758f15572bf661b9a41b5db204d59a01ec27aca15910371158f8', '["incident", "01a21822-44e9-7cf4-8d32-c1dc20ec3995", "ade4501fe5a324a8e872801cc4e341d83469b8b1ecd26adc9b49b6d904bcf5ef", "report", "01a21822-44fb-7cfa-81c4-c9d6a081d859", "e4f2dd39fcbd03b9c4269cd961625fd339defafadaf0c34016953e5816450212"]'),
	('01a21822-451a-7045-b3d5-fb1341c325ef', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-21 15:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.taken', '\x012599a2e82949f1d452e5cadad67516b034f988d96470ec260c8605a3d065ac3d6af01f12ecf7005270862b7b7514bfcb08442dddaaa93d1862396053c3d3aa8350a9be190ea831d420497b9dafe022d46b06eb578c84bb0d64ff5fb6a34dbc449f961dddf2f8a9c3a380df596993606dda08e19539fdf6144f577a22d0aebe148bc3a9b95c134968198559b5e56af1854177ef4ab9db514e524f647cdbb77303fcf5eddf6c5b9b987a535cca2e0243c7b1337da847e9a3cb9e77919d421a2ff63989f98c2d5db0614e03e99b60dc3bb9f299ad5f02f9334c515466209c8e7fdbdc7e9d70045eb32c41e5aae2691e5529a26a5f8f16d22382ec5656122db70422bf7d98dd25fc014c50d381cc148a5830a646d7307d59de090741fa0c', 1, 2, '89c3aa858b34758f15572bf661b9a41b5db204d59a01ec27aca15910371158f8', '5eba8496d89d9e24952e7e0f394da7b7ecd904301afa098dc2e0c2f124785bb5', '[]'),
	('01a21822-4535-7ae3-be1f-009355eccc7b', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-21 19:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'verdict.set', '\x0175339fa9ae85b9783c0ad8721342731681ebf3f440f63103978ace4f15e9f70bb21dad34da5bd72e1f281b5e6dec74be89b7e3cf2af952aa9f58798bd948d81d4e9a95e5ad1d9089dd107578ab4fe4035f99034c6c30a099d39538dd4d2d61ccc3448685701d23771b68b2d772f39cc58e421f182dc667391747d5f49fc9be16133994b16398742af03f74e54d4533721d21edccc09afeb5bf735cae5033e75f99e9544d6fd08ca417c2709c0038048829e03504068626bc050934da9a328eff6f0f7accacf3f2be0ad27b9543f3ac135b0850e1ecedc61a72b97043b5edbc905fb1db165fc2e194382d402f67d8412d02a280f90198d34752ffcd3a8f334b41ed91aaf99d32eb809b4c2faac466b5c618099c2acf1b5097ae44e264', 1, 3, '5eba8496d89d9e24952e7e0f394da7b7ecd904301afa098dc2e0c2f124785bb5', 'c55dce9190b675cceacfefd32ab712941724e6304e553446f8ddd501e718e352', '[]'),
	('01a21822-4551-721a-a3ba-55ca6209f1ce', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-22 09:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'awareness.set', '\x01d08ad3d1d2bd44de7df371c7f1c5cb68b7ce3328755810f4d8f10634b31da328d37e51386ea1fdddde24d4d3534f5238cac07daf087680adcd2befeb80ccb4e1bf07ebb033b39abc9e2911a31973228f75ff8ade982b59b2b88dc07738a2042d92297a71bc44802f38b82c3c76cad10e6869138a5bd1653c13fb13e106615f5655ce57c1cfdfb801154c93f4a65c6ebead428374e4a99e8c4525a5a0d7ea61c72e68b56667f72aff73273658ba1090cc8dab8bb0e9b8b6f180f4fd71472c81ffaaf959e1735f7df008d57bb4ebf8422d4bb2568933d59a911fc167601026b8c697bd22f266babbf0380913e91d48bae21f68a9b23abc1045b2ee92c6bef6c269785f5eb4cde8276282a69e7b127fb328c077da0319788ce430b6fe86dd8d94c44e9407e39442e4a64b779305601ce8fd808b5e83b9c519ef3cbc72e86d5152044d6d2b7c916f6112049b20d1a6dc6d0187ee897c28c02dac26014e2564c651c6af12a4e54462909951151189b4bfc36f6ec5257cc22419539908f5a2efaadda1f2493a0952e75e93522babd33f43dfd1be267f90b3173e73163b7441855143da921be514eb3af914b72155674ad07bec11dba15fab8a80f27b97c4f308a894b9d692a233000801ed1ba9a1f5f615052fc51bd80e14e7b61b4738d37459cd079464149e0545346bb4c2154c8e598648d36cf8068672746edc497d76741d214af5ab1a62a2f849d38134276f8f6c3e67e74c97fb8ecf6855a942fe0b00', 1, 4, 'c55dce9190b675cceacfefd32ab712941724e6304e553446f8ddd501e718e352', 'a9853c428e670b95252dac31e83d856bb6ca1801b243172c7547d2d9a0fe4c0e', '["awareness", "01a21822-454b-7d54-826b-b66007956637", "e88aab7c411670bba390235ce5b7d1965f467249db7fbdd1cb84360ff29cd7cc"]'),
	('01a21822-456f-71df-b526-4490844f3f8e', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-22 23:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'filing.recorded', '\x01d756b44dc6e1724f7a489184e2fbe2d9908dec1edb55a8ae85eed2ff4f10150fda11e373305db879020ab2aaeadc20dbcbe1cc27c5688cf02a6d51a3f8c3f8e9349f0703fbb155893a88a8b36186759435162ce66a0655d7771cd8ad092e717eda8f41226389bb39c84223b76d44f997f02f11c2f131781f73bdc1aae3f79c11b8c1f33619ced55d2c2804a194f0ad76d0d5818d207edec6138e3eb4e07c53020e0a43058c6e38af66cddf274339d46ac10f7278513b4f9a1798a47acf3be885d465f41f04c6900c99d9ca44ea7ec1b07a67bc5a9543498454b4ad5b6d189fe9c3ff40e1cd34ae9021c80dcbce1b1db40f9dae2ea6ad123a3ab4ea4b9d3551a8e5e2bdb3d4c45fbe62f1624f2712dea4dfebee7e732c86290a994422', 1, 5, 'a9853c428e670b95252dac31e83d856bb6ca1801b243172c7547d2d9a0fe4c0e', '52b384dc453d617fc8d04ef30b26935c50e83436499a0a4187335a61c17bc296', '["filing", "01a21822-4566-73cf-950d-0a318ca3c0d9", "c91b6f980e94d103da50b78135bdf2c92c4edfa8f0043c82c1563776a2e637ee"]'),
	('01a21822-458c-7385-aed8-dbaecb6f1375', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-23 00:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'message.sent', '\x01803818ad863e1c72125babfb0faef0c13c797c832c5b681ed9c8497be57c7f0ee9d7d0267c1c5e7307413cfd8f5b19f7e5ea5f4941056fa0960569cf515875ac0a50696dc5cba362964bf041d88e180a224ab4257e78560f9623937575d6dcea33560d14004cb68d12d86d0dc9156ebc43030c96a05c3a3916908c551c2c3fb0744408014672497a9004d926d69ed2a50fbece660d8698d824348eb284244bf01517ab87e5a3d8065b33773782848d8549492aecdfea91eb60e104decb20600367e3e78a5b70ec06ce810f72317caf5e927a345b139e9da4d2278cde0629954908b2315c640063d5007152eaf8a91a995f3e3b53d9c9cb36d0931473dd09d1ed286016587d2c4b8ab328f7f02d914d62e26dce71f30e88ecd06b807b', 1, 6, '52b384dc453d617fc8d04ef30b26935c50e83436499a0a4187335a61c17bc296', 'ce620afe4298c3c880fdab85df73936dac4b010628472a71e14c8ad849b6d931', '["message", "01a21822-4583-7cf8-8f86-bc95f2d00fb4", "4960f68eb1984741d4898b7001913740ad5afb1ec54047106150a5052ff39de7"]'),
	('01a21822-45a5-7fee-bc41-1ad7a29b2901', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-18 05:53:46.343962+00', 'reporter', 'report.received', '\x0112123c74228ae4bd3a398fe7abb950266549283b9caf75f0f8828d25315160a30de111d17bbe5d9bfd8295763b592e4b6a56a6c501b4fff649a03e62b9839242492df9db6f6b3f331048fb03afd1bd7a6b332a3cd32cff30746fbc8e6ec80a35a59c126b9eaff2afce7a3b97a14a60cd9d298c65af5284bc11c9bb2555b9c328aa117f524224a7674c3a4f9aab969bbe43df05a90c2ad6943884b7d0ce6e8415d1734b8eda082c983c2e0f200fa572a6fbd87cb712044f673a489a42cf97055dcceb43e47c4f7f28e5e577b3b18e96a80ac2ff03095fc9ddab88bef04cab993f3d6f090097c2ef6837700ce412e1671a67dbe131c186fb7e5200ddddb2b5a8dfb22b338e9732292710fcc1060622683e87a103ae282ffc3b87b543c7', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', '0c085d68665931e30b7ea5c88846bcba6010340eab3a39388af06852fea0e448', '["incident", "01a21822-4599-765c-bab8-cb2e5676cf84", "c3e65729a7e086d737ffc6f935ff0a13eff23af88522ac9404c2d8c76a55bef0", "report", "01a21822-45a5-7ee3-98f0-474d0cdbab9e", "30927203a0e8941c23573b86c953ec20254907cac3ceb554b225c2969fa255cd"]'),
	('01a21822-45c5-7138-8ff6-40bebf2e02b7', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-18 08:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.taken', '\x01cb4c1ef92079ade971c2eaac2e03247272e88e0edb0da3df3fd2ebad40c0a9027685e202cf37132d2883acf5420f77cfe3f72a33f016ce2a5b501666fb360e467bb01bde572fe3d57236acbd78d39b940154a70ed75c0a28c4ea52e0eeb0cceda329176afd000a46f79c55ea09380144587a9c108c65ee61f7722abb88cfa21caf4013a4d20575166aaeafb017c4905db146433780d3087e77f8ac67b4967e4fd49b7cf35713ab5798ed61f7c9155c191df102e15a8bf316c8073e0cc3c7d494b0a2eb7cd1c0a2f3eb26c5772b1123c506e2e0913d4f460dab3bc337b296c7da963943020bbfc0a7292ad94ccc74a62cb196801c3c224e53bff4bad0e300fc699081a98564167d5b7683ead6102c03bd3d362513bad955e457c447c5', 1, 2, '0c085d68665931e30b7ea5c88846bcba6010340eab3a39388af06852fea0e448', 'ae01d00444be2f2a7f5609d58de015c29d3a9e9d1041cea70e7c5eb1a6e40527', '[]'),
	('01a21822-45e8-7095-a19a-ceeee976930f', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-18 09:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'message.sent', '\x0109bca315f004eca4cdb24c31652abd4882c7afcf8e7b68ebbd60ce0dca39ab0f483dd6918440e02b6b55f5ecb94f4cb3908f3f7b74ece03e9a09a664e2a33c804a891d7d1b46bbf24ba66a4b210bb5f5520d78ccde3497077752edf62ee69f01f5505e97e3cc424c98f7abae9e488a51d6b95aef1cbd2adb31932a205d21cbd94d788a707b047bdcc846ccc9b7cd8933eac0eb02c74b2e62e6ddc1aa458e24ddb1b6ee690af3d9b58b072920d66a48e8c65bd8c3295290061f3010da2a390e615d9782891ff119d8b440760873f63121216b96b987d8c099edba1288f59619d1e7865ab5c795c25413d7268b32f227a4a87ffccacf7192b96c21199fd4a44316338b7eabef9694cdd4bddea005f782cfb9d1d05fe436343af4a15279', 1, 3, 'ae01d00444be2f2a7f5609d58de015c29d3a9e9d1041cea70e7c5eb1a6e40527', '802300fafb5310f668473ff0f8d10c9c99380f30e77ccf2ce1da8d855aa3abf3', '["message", "01a21822-45d9-7864-bf2a-af57935bc2a3", "75abfb4452657e1fcfcb39b7891b9d354c3dc3d853cac7fe504b86b50af2519b"]'),
	('01a21822-45fd-7687-96a9-5cafb6feccd4', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-18 12:53:46.343962+00', 'reporter', 'report.replied', '\x0137bdf79498650f204fa89bb04a123ee7b635722253ddfa8151833375c4c51796b8e2d6cc91c24ed6b520bd1a1dbb95bec3ad45de7add3a74d5b29ddd0f088b24b19f1050bd9cec9d552ed385b0ca2e81dacccf2639cba59986b35235dfdd5635db923c4365ce97297f4aca62a51ef56526536615858f31add5d481b6abc6a06ecae6ec0f847309c149c351d5e88ef69cf946d953db10556d6af1c4587826d48e3a3eeae1d5f5614fffa298c2c8a190074bc8b5c30988c60512f98a1a4ee4e83d39de3c8c0580105cfca28213e28308bd44766173936805be77083867ad48d35a9072e776b4c3f2ca80ea9a6fb18efbdd57b678d75a264bf86ccb12e926a48ce31b7515e814752a9cb594e4faf627f9e430deb4851ff67416bfbab9b6', 1, 4, '802300fafb5310f668473ff0f8d10c9c99380f30e77ccf2ce1da8d855aa3abf3', '557c4bb484433b7ecd1f32bd7f2a73a34b8e60c8f8c7e4853c140f9ef70eafaa', '["message", "01a21822-45fb-7496-94b4-b40589916cb5", "9c8b4f794e2d8342a16600b01c7e22e3129dbdb25c8f9f61c97f5025b3df2e71"]'),
	('01a21822-4629-77d3-8ed8-828b940f8e2c', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-19 01:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'verdict.set', '\x01aefbde1131c6c8a6cd7b068943f61e87120da3f2998ae7faf972537bf5ae6410f013402bff15fee1abb0f3bb2cc7e36c6c1eb17372af9e51b0f73b04ed23329d443688858296f4fdb817d90bbdb2f4ef70a869394f170672e136ff0f529dad7f7bc3c929715b781bd6964650dcbc669db5dd8aae4d21717b99fbec607dfe46404cc6af45785919ae5d6bc1ce7e2244deaa1354cb9ead99158b7415852b073818d0efb5c9dcfaa6c5c76eb0607e0f81515623a69ba838abf96d5361d4bc26c3a1f535962a4f60bd63cc81c279a1092b82cb2341b4419e89d5dc483e49804ec9b5ecb180a8948f1d241166154f0bcb71897c1617b05bf7745cc57d64158bc7824c8d4f39173bd33589f71dbc0516e09187061a081c6134ae6263304dee', 1, 5, '557c4bb484433b7ecd1f32bd7f2a73a34b8e60c8f8c7e4853c140f9ef70eafaa', 'a1404ee05632c3c118a96b332b84537d770f839a45b2c5143d696d3ffe696334', '[]'),
	('01a21822-4652-7bf7-94cc-33cb52ae8d12', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-19 03:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'clock.decided', '\x011e9873b9a979881cde212f6162e0e98c79809d2cb5e0247a1f08ff66f70ab7ac00b762701b82106682dcac6b7b2f24ebbf4c9929322940ef2a99c935804725fec67dfa4304212d2363d10e1017c798f635a37dfca195b92a40bf1ddbddcfb79dc9aab6bcb451d47e556f47e179d259fb7a6ad4add6333215c884d8a750752d4de7fdde4814301ba59ccb8bd2f9772c28540e858b6b962f42d9d1b71f3257832539c0a51b62c7668bfe98ae0c0605a69d0f89da0b6e43c52db7dd329b1205cbaec6a2f88571930ca539e3acd2a0b7d9a70d65419ab0ccf17ce76952bbec8d7a8790e7652ab9ced5c5b1e92a3bd2d5c1236d0e7ed44945ffcd96eb5a7ea6cbe6c9cafa1dceda3f709102988764de9b5347cfb6e4ba29b52c12297701e95f5999226820cbf5847f89705509a5151bf49929e0ec2a4ba23ec93a6751641a702a54f5bdd84665f4ffa0be70da583cd76b7448aa4c2501b0bce5bb9562332271b1c7212a048397f360985c5de2eda91ce1d52a25a63842d1bfb53933222ea9fffc8bd14f6e90a8ce7d45d67233625b946039e1615006c36049a3998b87dda45f871ba666113f4c3ce8d9cab1e5df137111d4065d6c2eaefbd87480faa07d0efbd1ac7d9f64ede8ee54886b38ae6aa7ed19a6571dc2250ab45233c8075ca6202d9c0ffc328f0972f30e15f9329b15643bb6d9af1d8b9c9572b62bde6ff334db0f6c7ae0d98aaed63b326fe831d09230026edddfe36fec3b0eb467bd26b652fb', 1, 6, 'a1404ee05632c3c118a96b332b84537d770f839a45b2c5143d696d3ffe696334', 'b9556b0f016a314665989b4e26d0a92ec2c777822d311a770a26f491660d8ebf', '["signed_decision", "01a21822-4646-7708-bb9d-38ea6890ac15", "e537d3e44c0fe053b390357f047badb799c1ea6c824ae957c6a232048b4c3ff5"]'),
	('01a21822-466a-79a8-8ca0-be96b7913ad8', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-20 05:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.read', '\x01a5349631da555d5df06d424eba88e9a93d371c5935fd28082b5f75b8cd9a697e96cdd5c82a68448866a001f56aa87776a4063df237db9dd83d6dab514f6f39a3ded6f3d432b45896557392ebe5d6cac2eec8fe8e12a80295b6811f0a242526cf918de82302ab9249856d111286b8ec5160ace3b1dc0111da5d0eea443c0fb15a5bdf19c8aa3714f78dd28713b45d61b230791853614886eea83c4b11aeed77c1f4a38a57eb85ead6002fffbbc87a6cf38e2e1a1e4d586ee76fbd4cae4fcc315d12a62fc265c1f19632b4de07cc79f3ec122706de92d1351618a5766f6687291c02940fec8b2f7a34886a2b8377c993f3b167b819753921123b437b394d634e7b82b6adbe2558452e12b938fd6016f00c65f3f5546874308b9851597b', 1, 7, 'b9556b0f016a314665989b4e26d0a92ec2c777822d311a770a26f491660d8ebf', '95d74614bafe7b425fe6510c28030b6c08938beb9cc13b5d4f6b2f26cc2462d1', '[]'),
	('01a21822-469e-7d07-be1e-c124dc1eedbf', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-20 05:59:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.closed', '\x0148d7f2a544bdb080257bcdb93e96a1d8d08fe463c40979f299e00efb1e1c56f4ab0d68b3ae6341d320dd6918c4a1111c57f772f7f455712b7ab9ac595dea703a2c580079b8f79c9e8b8548b7621e02daab77a0984db63c96713e27b0bf87a3f98bda78e3d6b2a823bba686ee7bc3c840313bbef6240b072d5195d7f75d85d65c2fe37a4aef4765368ba540857c81cc11195ab7a9aba2ea06fae30902067cdcfd005daade41b800aaf91de7759641178e186949935dc7da0aef4b32348b177e4b764e93ebd346b945b3b7992366c8574eb6656461f75ee191f20bb94032cb576a571e44f1eb13fe7f858d116b4232795ccc38fc0b6889cf40f5702abab148565592d0b41dfc2cb46cc9a1b54a53054acfb5549e14c048179c4b4524d0', 1, 8, '95d74614bafe7b425fe6510c28030b6c08938beb9cc13b5d4f6b2f26cc2462d1', '136d4051e1167f92349f530191f465237fc0409e1ae9b57d364859c85f34ffc9', '["message", "01a21822-4687-7b19-9575-a1966fdeaffc", "0117588e8e032a6b75fc9a75710b01a3a939f85c525aea4393ab871769ed98b5"]'),
	('01a21822-46bd-7150-934b-f5ea7d07c8f2', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-22 13:53:46.343962+00', 'reporter', 'report.received', '\x01940171c5f0253509e2e4240c10047860b11cb7e1258598e1afb595b1f54555a2cb8b0f99121940f44970aa9e73739519475a7d8b28a80e183e023f9756fbf9aab5acc8a71b7d5a95a1076b4481f039d5f3863b90ccf87145d5836b306ab7e82d96349409e6e4f4a414f17845865297297d84b9ccf1891dba63301596f5fe1758c16e2ee438a85f75cfe614c70ccb24f234c586a81d8dce985cb638f6ae44f437903cff71aedf5d8484007469291d0457c64466ce0265801e28fe4655b44d5e9169a24f8a1f1b7f15d590ccac0882838916a7f79982d4499c5ba63ec994d20d843e4838ce8e3fc52f5fa79925dc0c61e81342246ea287c1d92b1cf5c7e1b8676137a3fcb0140ec11ccfeda615cc51e130ce0e1406a48250ea87145469', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', 'f36a1bb28fd708abd2624da0673e4aaa20b392ec885a84d6c4ea08e98d713e37', '["incident", "01a21822-46aa-7919-9f5d-d47912b1abcf", "1adf05beff2bd59ef5857731a119975d70b8ad2b2a63c84ff6e43ba650fe3602", "report", "01a21822-46bd-7012-bac7-69949e81786d", "9872a7ca8701b7e3f08f8d10cf107a3d9957198aaf6926760556672036f44888"]'),
	('01a21822-46e0-7c66-b32e-cb9589876234', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-22 15:53:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.taken', '\x01bcaaed15833e697a302f55b4494b6cc22673c0af20d02a19ba619bdc159cee479cba0eb8e8bf5e3cdd090c4621464a1ffcba79b65869c955169ca77de5aa46c98a5b6b6fb35d263040dfbe4e848c038d5e28452f5c8e6c73860fdd9449c47fc8f29f3f9f9270ebeaba5fd355297537e0bebe3eb2681a6a89f6aebd380f3c47412736d20d1b47450ee4f8fd09b1d98fd60a4ff127dc67d95b6cb1bc26799b02e4330c45e07a197d5c8008e24b27432b33ac5f8b591d991eeea01efa1cca211a503815802f72ea5e57b151a8e29ceb19b7ef4c82233feb25fb2c8054fb6802fc7eba1340aacb049aec05d4c08bac3af19d6e57482b926acaa18cd616b9426f642af04e5f3e69efefb1985ff293d6188f0931cccd29cca63c5cf99a8f78', 1, 2, 'f36a1bb28fd708abd2624da0673e4aaa20b392ec885a84d6c4ea08e98d713e37', '0919f7662e91131d36e159318bb076a21b397685fbea2391b22cd2746bb7e968', '[]'),
	('01a21822-46fc-7d3c-bd81-95303923a48c', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-22 16:05:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'verdict.set', '\x019da21dd20e9c3741867c32314ddb9eccc6b863d2eb7447c2c826362ecb8585704c1c2c610b89bf165bfae36e01963a40f84181e6de3ef3303ffce8d7b0cb138bdd993d63429ab63ab0baa1d738252d2de84fe4d6201ea80baf87b02291949cd853aef95ead2c49d2e11f895ac23181c87718963d9bb217b854805e4d5c04b7b8808e6dc95075558ab00dbb674e9d9c69bc17f8c95b323dc6de471063ddc049723c088cf8de459ad4e174e59907b0d882a2da8b4e2d3b70b6e9cf69572a51ca7a96ba710d90993ac7ec39a796686963bcc5953d4da0ccb0b866b7aec38c5bff1937b1524565bee3a0b15a42ba2aa9dec07883ea41a882fdfbc3a7250bc563f52fa68c8492dd81e3776da87021d81ea630c9a863a61ab563ec4af9b002874b9bf0b5dccf4fe234c734f6adb0dab976ca5adefdd1c97d2b53e52af763da66e3252ed71de59a35a188f3eabf55b955d30f4a2ab1008eb3ee40c50307ab3dd5234f1411ddfa42f5c10bb31a5c1fd9463c7626acf5e453e233a6fc9777a550ba210bafc4b8c1d705702f07fd47d92e05d0e98a9e7de30909b1ad29d832e4845f63ff096bd74e31d85cb313f7d7cfca827427d24c36c528e4d13b9f290330c587e274bf16a623de341e381c89224b7cd753c6aeff3881c6df599fcf7cceb2b40665c68bd6ac655fa8e6fbd41763ff5285de7e8163e540a70351b484242f1c7230c7ef5ab39e8fbfd0182ce9b5f457fc689316e1530815112c453cea46ccfa4e', 1, 3, '0919f7662e91131d36e159318bb076a21b397685fbea2391b22cd2746bb7e968', '252e5bdb0cb27b53ea8706b88fab8c365467e17813277769420bf93cfb707c67', '["message", "01a21822-46f7-740b-ab9d-3f3d748c54e0", "4fffd899438bc2ecef3c1a4f4f5c7681465286a3a4d4ec9385cfcdc4fe74be5f"]'),
	('01a21822-471a-7a69-8265-6a19c705fae4', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-22 16:17:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'incident.closed', '\x01274b4ffe614002057c6187316ab17dcde37eb624601e70982228ca091797c90be5b45716372ed27fcd9882128d1a06777043ffa81a0a0e2cae19eff3362c7a74b03310f122201a98532e74b78916f2fe1cbd2fc43990b7847cb0899ce15c3469e43613d16a9ec311d1cab2e1a60ac116a0719c3df5495dedb61aa4f3fd1b2e947664a031eb55dbd620a4a878ca27ceeb066d8624f1522d7c7e062c07982c35224180428d8736dd87a4403fce0f69921b2575ee2d67fb09144bb0d5b6bad05874ca68b5e1a5e6c82c607fa4b4fc3cbd348c9064c55607524dd795852327f9fcd4764cbee42e3228f466864c3f4642458ae04de18531d044aa4145d8d1106512bf09029727a17eb7882c55be114aee2a9c8892e0bc4b106de4f453d4e2', 1, 4, '252e5bdb0cb27b53ea8706b88fab8c365467e17813277769420bf93cfb707c67', 'afe5180cf0643df151d0c577a6c8e29ecdef2eff64650a9194a151fe2901f1ac', '[]'),
	('01a21822-4914-728b-840d-a807ff0a897a', NULL, '2026-11-26 13:52:46.343962+00', 'member:01a21822-43f8-7145-a21b-f03a0004d413', 'member.factor', '\x01619d4f712d421397db0ae99b8fcfe0ebb3d4846d7f8a3dbcbb07ed042e28c11ba650be676ed69dce75f1ba0117093c1a45c95ddf91f977ec4cb85fd986c4e3964d38d766b7267e9710c7508f92dad04b4bb6fc2aba07476429ead62b8d5a417e8c1cd93d4d0daef4f801454f27290d69c897dd812c278e10059340ab21909195614484955b6c469e96de22ce24990242bb43254dd86b6c301b88b8fab450bcf258e8d674386b7b9e0f5a29c574236837196f30e66e6e3a9d6bc7eb5d91d29d4f298fc3ff00743ca085ad8a460a7f10c93771e6a31bef27b79fab1b4aa236ae8bdeda45a287f94772278905958eb803427be49fe0ef6a69acc157a6d0d79a83eb4784743b2a03acda409853a6a76cca7b9c84f25ce0fd313a701bb8df', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', '684785a797bb808c29f2aa116e2d97036b8072fab34d203d19065d1c989a773f', '["authenticator", "01a21822-490d-7233-b8c7-68f6fc6896a4", "4f6cc03f1a1f33f4d0f51f0560f92c3f4b9b9341cd867c0c27b3f971e88929fa"]'),
	('01a21822-4937-7fa1-a69d-dbb09d937595', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-26 13:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'access.set', '\x0131d2eac3f27331323c192124f57f5de8cb6c91f99100e6f69776358278c1752e9b44d2a18e24d462c46c08963d472024c6423437deeb5526681d90e7a813c72308723194e6022fb83a4f34935f01b5d831068842518c4983056f97a26907e91ebe434fe0f40ed64fd06c3dc142f555cb9c39dba6500d91c24a4150f99fe1febcb5dca6f1f0f55119e20dea558867292c83a02e4f4e4fec7b6531f9c11fcc54a26153a06a5ed9c7ffb7de5981029a196c7a1b2a218ccab0740e487a7381452a7372c32ccf3effd35aae753e3a7610d99696c9549dcf57e771886c6c083466fd20cc48d9a9deba2417c539c74d831d127058c65e25062b580079403adf7595aa40cd05e791ea4b0f5d2299cd8b2e8b4f169d693cee27069445ea3db326', 1, 7, 'ce620afe4298c3c880fdab85df73936dac4b010628472a71e14c8ad849b6d931', '9ad74af14ea93df75e6d1d969850f7304b3a19861ce8ab89139cd414d10a7c4f', '[]'),
	('01a21822-4972-7ece-9edb-db9eb9bbcee9', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-26 13:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'identity.erased', '\x01755cd0b6d11fbb23d468061a756dbe0d8bd13efa6f41d48c4de666071d1adbbac4106b45a9f38a70578a407a19f12f3b9ddb8ace6acb096d40503168b0a3affc78ed4d6be318989a184c21da3a745ec8105376455c6b8cf3dabe219de6fcf18ef53faf9263ce390daeacafaa5c9505628667cf980995ad87ee491d358e9a73978239adbccaf304ddc20965b1ce957f0cd8de93bb8e3f7e80142db0fe82af872329b4d3cd8eb6034c570428bffff062dc1b32e5b8d29013234e64aee996985ddf02521caa0ff0387e3deb398e4a5841f5d0e4f382547a3ebfa286d903a66a51816258ea88a60d32561eb18e4cc1b9b0a1c3b287c9218c9ce5bcbca112a786ee29d4499cb2c9dc9ceb465ec8ca1e29fe3f26c1cb8d6505b783f6d5c628', 1, 9, '136d4051e1167f92349f530191f465237fc0409e1ae9b57d364859c85f34ffc9', '9d952f936ba4b0ee05971a0023d190c799f1bdb93c9c23929aa8175b5868602d', '["report", "01a21822-45a5-7ee3-98f0-474d0cdbab9e", "87c2c489ae79eb769755868a0d3452258fc9a68024a6feff490342326dc8b67b", "erasure", "01a21822-4972-7d87-be80-8ee9a7b120d1", "36892715a8349fa7640827434fd25621b17e580d5be4b54c8b0b7ef517d773d9"]'),
	('01a21822-499f-7b74-a452-a6f57b83d688', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-26 13:53:46.343962+00', 'member:01a21822-43fd-7244-8731-739d750215c9', 'incident.erased', NULL, 1, 5, 'afe5180cf0643df151d0c577a6c8e29ecdef2eff64650a9194a151fe2901f1ac', 'd50f81cef9186a55adb5ffe275ebceda9159f927dbbe27d4596b3afa10c90b0d', '["incident", "01a21822-46aa-7919-9f5d-d47912b1abcf", "e1f99360e823bcb145d5d4d912dbcb49407a309ead9d237bfd05e5ca41b24b4c", "report", "01a21822-46bd-7012-bac7-69949e81786d", "042df49c41c620d28888787d763706c2894d87c4091fed0fe110b1b1b671177f", "message", "01a21822-46f7-740b-ab9d-3f3d748c54e0", "10260d1358c0f604345cb60c656f88622b5bcf523063878bd83bb61a4b0a63dd", "erasure", "01a21822-499f-7a35-9cb6-762c5a76a84d", "47253485572d7f3abca4049221c46635f295d2dda68265494d6ac013246651ac"]'),
	('01a21822-4ccc-7219-abf0-ae7609fd9b11', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', '2026-11-26 13:53:50.748746+00', 'reporter', 'report.received', '\x01abf89d58dcaf4f024e52772a59f16061dfa9036a42b867e51f295b40511f8cf0d9f7c1441e46269fac485eae38d3f0ee21d8fa403d5f5370683ff867fd9fd78bb4b87a7d43a3ed12e3728d00a8e2fb9b7f1f3f259d4532629e7758365aa90451e93e83f3586e4eb8b7274b3ea934b740a216463560ded37bef1cd647281152c7d52707526de34c1ce0080b4195096bed732f68a4510ffed69809e8ef0d167cdbf255f30c7bb6326045e1e0c03c47b312ba0ce49b9658b765a175ec724a8be2ecea0cf7bc3f58feca1419ba96d42e3edcb2c57f7be27cba92a1b4e98bac0f0f8f2573b5090c11e2bbde193d8254fd1f90313c90b556f745c4ca0bb3cc273f3acfff74e236bbc1e17faa5a11cc5a46e9da197bc2687832e1319c91ced3', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', '5a9edbd542373c5761134ebc8040145a82bcb69c15ce2393015f7a21f85b272a', '["incident", "01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1", "97371953cf8bdc21a7964b76fb1519fddf9a0aec7c9d655394705bd189f8240f", "report", "01a21822-4ccc-70f2-8a71-3eb8d515a414", "60de5d9eafd58065be203d8e439f92ee14e9e6e2f821346d36fdca5fe71ed9e0"]'),
	('01a21822-4d33-7c8c-bba1-5f1cf29d5e0a', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', '2026-11-26 13:53:50.88587+00', 'reporter', 'report.files_added', '\x017772d2fce6befd828d07b07f5ae171d8b564454bc6c8d328ecff67cbf66c3258ede8243d0164d31751a85981007fecd824353ba4385998cb23d687e4a6448302a44f95648342d82a11be74ad8090acef1c8e86656441297d246477d69a12f540d2c5923a92a8fa965c5db986ab5c054256201aa98040e8396afa529ea0fe3ebc49cdeeba953e8bf2661ef13affba66afb0eb2d3196f3ac8beaec4a13f6459e8388d3abfce5e1602d0fcda349f9a3d03b389dfd5e50e5bb2f5c1d1f6730f3ed800f6c523d003a06ec5117bf684aedf4552767ee49dca0a7d768944e576a9fc116b4cb4f5e3492b58439e4102ebc4fffd1d9c1648ad448cb7cc256c6d616a5219f143646a9343c94fd052f2bb44f5971fb9c05dfd18a91fd620d8bd9c6', 1, 2, '5a9edbd542373c5761134ebc8040145a82bcb69c15ce2393015f7a21f85b272a', 'd79245c0dae75e56c54bd1a396fd4b6e4ebf517af83753c1f4bb731ca3c777c4', '["attachment", "01a21822-4d0c-7e9f-8fa2-4db0d1eebbb4", "450d6f2413d1122a81211b3804dc7ff6c1f361ba5f6c7c598a0c7cdf7fa54f4b"]'),
	('01a21822-4dba-7e60-814f-1b2855315c8f', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', '2026-11-26 13:53:50.98271+00', 'reporter', 'report.replied', '\x01d98a3487d0c78b83d98b0f052932921a7d2f2ba15a79c18cd734b05072d6b4bda44c46841fba9073d3c3a12c23bb61e593274b381a2fe6f18b17412dba1e08c7988b0d391f11b1ccdfbdbe25b7d47c82c3fc895c8c998a85186c63eb6760427ef1963894dc95bd9ba0045f6cad4449cd514da88c118ec3264c1ff205d11d1a744c1c588e4ab1e9c7e8147084e159a5ed7907d0fa80ad3a87d34ab5982861741165e387d1551e2f0aab4866e60ddccb90b6b8da394051c5007f5c0464dfdfa4184b2bc00260e27c2bbe18f254ed7fa6aaf30956392f432b30a71e599f37f0c0296a68255a5970e4e7ee60ae87f1d75b43ea6afb040cceae1afa8775c664445f6468eea5d29e60345092bc2154377be657dff992f634f2e97abf8ebd97', 1, 3, 'd79245c0dae75e56c54bd1a396fd4b6e4ebf517af83753c1f4bb731ca3c777c4', 'b91ec4857fa8c310ff1a13919ef221541147d6abab7739180fbbdbbca9749a89', '["message", "01a21822-4db3-7cff-9537-a6f568313d9e", "f654dad9e383a5eed378e74d296930eb123ed227c9d30c4a49397fbcdce0f90e"]'),
	('01a21822-5178-7dfd-833c-13b5708d473e', NULL, '2026-11-26 13:53:46.343962+00', 'desk', 'audit.verified', '\x011c25619dc4a7b4ab574534efac381c0922b7dc89a99482756a64a19f94abb07559b1a427ba8e441e29c85143404bd7e63794529b37af03c0fed5f9042e69c0f6e1a7ef98677f8002f7e281bdea509574de78f161ed1af825d8c27675fd352c719d91b9ef9232456457570ee4e30948d548ea8844f72cc01591bdbe6d9db8fe47504c36742e36e03a1da96aaa3b97282e6cce0f7578dec5b4d09badfd64d977aef6aed1f1de3073d8f7c92ec43a614a9adbf2d02a67e014417963e9a6ecb11b79355408a9b7695a8d031e5d806be28f70dcd82682a9e849c304f9a01d9400e1775eac607a86e3d13ea603a21de3d88f5643f4b187ff91291f7ca8ce82530d5e20fcebfa060db261af49292e1448c21ce3b2ce483240e296c517f3bbd4', 1, NULL, '0000000000000000000000000000000000000000000000000000000000000000', '7e4830dadf244f983e4029775ae904f3c5db75f8fa6e48b0e536099d643b5ea4', '[]');
INSERT INTO public.hit VALUES
	('report:ed8cd9b89a15eab927e5fa0470a53ae5178c6b9f23cddb7d3e8c192cfb3c29eb', '2026-11-26 13:00:00+00', 1),
	('report', '2026-11-26 13:53:00+00', 1),
	('files:ed8cd9b89a15eab927e5fa0470a53ae5178c6b9f23cddb7d3e8c192cfb3c29eb', '2026-11-26 00:00:00+00', 1),
	('files', '2026-11-26 00:00:00+00', 1),
	('message:01a21822-4ccc-70f2-8a71-3eb8d515a414', '2026-11-26 13:00:00+00', 1);
INSERT INTO public.incident VALUES
	('01a21822-4413-7705-a636-c85d19b3aa52', 'IR-26-H30T4Y', '2026-11-23 16:23:46.343962+00', 'systems', 'yes', 1, 'handling', 'personal_data_breach', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-23 16:35:46.343962+00', '2026-11-23 16:35:46.343962+00', '2026-11-23 19:23:46.343962+00', NULL, '2026-11-23 19:23:46.343962+00', false, 'notify', 'gdpr_33_1_sa', '2026-11-26 16:35:46.343962+00', '2026-11-26 16:35:46.343962+00', '\x011b71d7efd1ab72e30dc6849b705e8949d12f9c4a6e0a63750174b27d967a81079e51a99170b702299a33da6ba49dfc6eb5ee3baf1ac88bd9a6bde55257fc4361d411eb876cb659982d571eb85de6252e6beae7b89edea03347d23d15ed27416a5c3a8314f378f26a0c53991b06896b4737ebc2bac3bc058c7a9917af27b65fb40f51cc5438100082d5df200a8ee7b17f1482b616a0784fa00c3f02630e1e77e679d03ff151c618e167ef392d1087f55a174f6fc73e921228159207644cbca5cac909f0abace64efa92ff7b21c950416ac14d9e12af12621ef2a22c5de376bccdaccfd17e331713416fa33a79f97b9509c96ca9260e50b345b962d09313aa840c00f0ab431759ef9d71dd5af1d1f12e3b8d551e43575fc354169ed1b1', 1, 5, 'cb48ff0c8031597a758b0706e7ab9670cf34769d9d9eefc44d9f8ebd7171a58a', false, NULL, NULL),
	('01a21822-46aa-7919-9f5d-d47912b1abcf', 'IR-26-R7Y8NC', '2026-11-22 13:53:46.343962+00', 'phish', 'no', 4, 'closed', 'not_an_incident', 'advice_given', NULL, '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-22 15:53:46.343962+00', '2026-11-22 15:53:46.343962+00', '2026-11-22 16:17:46.343962+00', '2026-11-22 16:17:46.343962+00', '2026-11-26 13:53:46.343962+00', false, 'nothing', NULL, '2999-01-01 00:00:00+00', NULL, NULL, 1, 5, 'd50f81cef9186a55adb5ffe275ebceda9159f927dbbe27d4596b3afa10c90b0d', false, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', 'IR-26-DTSW9G', '2026-11-26 13:53:50.748746+00', 'else', 'unknown', 3, 'new', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-26 13:53:50.98271+00', true, 'first_look', 'first_look', '2026-11-26 21:53:50.748746+00', '2026-11-29 13:53:50.748746+00', '\x0174d93c9bab53e8a7468998ea9ae8ab9e74f40d8ef82d69492c617fff10c22897f1263ea36285658dee0c710a988c7f4b506047c6f79a2bf75312b53738a3b09a2359858d1976076cdfd89ac07e07d37f6ace7cbb3f7ec0d4b6091703360b1fd8e46edd27861b166cb0149cbb383d67cbf749fdad8f0742cd492f75537a68a5fff6d72a4f91f7716c5607005141c81c0367e99920e17d01b11aa83ddc88ccebb95fd77595557dfb3a0f2d702737569140b99080f88a5c1381d7a9c4470ff1df95f6befb677f306421b70207069cd16ed6fca2b1752635bd95bec53c3dd105ccc78f380e861efce79595990233e200d5e8c586e207e1277cf34921714a00a3d86e19f2d806cba558458dd3136cdd1d57d79ab710504a0a6cba85717702', 1, 3, 'b91ec4857fa8c310ff1a13919ef221541147d6abab7739180fbbdbbca9749a89', false, NULL, NULL),
	('01a21822-44e9-7cf4-8d32-c1dc20ec3995', 'IR-26-AC0324', '2026-11-21 13:53:46.343962+00', 'access', 'yes', 2, 'handling', 'personal_data_breach', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-21 15:53:46.343962+00', '2026-11-21 15:53:46.343962+00', '2026-11-26 13:53:46.343962+00', NULL, '2026-11-26 13:53:46.343962+00', false, 'close', NULL, '2999-01-01 00:00:00+00', NULL, '\x01bb0cfb860726943146e87e0b355739cb274c2b9e8fb046201875fb9d74f0ebb8292227974d7c5116b07f103176742d829e36aaa2da353728d242e26adad3ef11ab9e05c6c3a97eacc0bd12930464d8a152301fa4a7a31d4e1181a9d2fe31856f96e6336dea24e7af282154f8c74358644b5e1d52acc017d21b661c7febc982693971420c83cfcb9e254488a4d3383b102f6078361be470e05570d4367e34a03ee5f2f0815caa0b640a059e68ffa2ef510a8491553b3f51baf628029f1e35d59564f9788ee0ac82227ab6b7c59226c92ab90abe550324bccabd57cca62e63d1ae50eb38fd725428c85136849ae40a0c9bf98762206cabb11bbbeacb71e8ecbb6935e95461660a620935cdc2e1ec4e2addf24c4118e324c04a62b74939', 1, 7, '9ad74af14ea93df75e6d1d969850f7304b3a19861ce8ab89139cd414d10a7c4f', true, NULL, NULL),
	('01a21822-4599-765c-bab8-cb2e5676cf84', 'IR-26-FJWW1S', '2026-11-18 05:53:46.343962+00', 'mail', 'yes', 3, 'closed', 'personal_data_breach', 'resolved', NULL, '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-18 08:53:46.343962+00', '2026-11-18 08:53:46.343962+00', '2026-11-20 05:59:46.343962+00', '2026-11-20 05:59:46.343962+00', '2026-11-26 13:53:46.343962+00', false, 'nothing', NULL, '2999-01-01 00:00:00+00', NULL, '\x0161a04d267347d9bc789627d51aa0e5e4b3434cc935d0ac4c899e278b1686651a7e4c1f862f2c132e04d014f79a2c7c6c3c75101ba2a582e66313bedf1b2b2162dde187bf0aea5de452303e9e72aa2d5613e64c828813fdd41b4d07b257016bd7718bf30e826e828444c35b9b174cbd985ba1dbecb400844efb1d253ce3b136021a5cd1b4dbb9a7c3c7caa4d85734178785d79f38f4fa57aeb67c1355a942294b5c81cd527d7baadf56e99dacdaa66dd183fd7636f4e39e0ec1366bc924cca0b028bfcf10945368f2386b852814b1d5c5075b87689454845c1c73ee5392b6c77483d9c33f872d48c401523842b18a137cbacc4d03b800713f8c54a6eec6423d20fc4aeb90b1c31318268b5a8219ace4eeb0247a400bd6a27408e19609', 1, 9, '9d952f936ba4b0ee05971a0023d190c799f1bdb93c9c23929aa8175b5868602d', false, '2026-11-26 13:53:46.343962+00', NULL);
INSERT INTO public.incident_member VALUES
	('01a21822-44e9-7cf4-8d32-c1dc20ec3995', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('01a21822-44e9-7cf4-8d32-c1dc20ec3995', '01a21822-43fd-7244-8731-739d750215c9');
INSERT INTO public.key_check VALUES
	('af1f588960f081c452ba1418e2e4846cd34e496ff9812e4844971a7f8e6c6c83');
INSERT INTO public.ladder_step VALUES
	('decision', 'not_taken_1', 0, '{"key": "not_taken_1", "posts": ["on_call"], "trigger": "not_taken", "after_minutes": 15, "repeat_minutes": null, "severity_at_most": 1}'),
	('decision', 'not_taken_2', 1, '{"key": "not_taken_2", "posts": ["back_up"], "trigger": "not_taken", "after_minutes": 30, "repeat_minutes": null, "severity_at_most": 1}'),
	('decision', 'not_taken_3', 2, '{"key": "not_taken_3", "posts": ["dpo"], "trigger": "not_taken", "after_minutes": 60, "repeat_minutes": null, "severity_at_most": 1}'),
	('gdpr_33_1_sa', 'left_48h', 0, '{"key": "left_48h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -2880, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'left_24h', 1, '{"key": "left_24h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -1440, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'left_12h', 2, '{"key": "left_12h", "posts": ["owner", "dpo"], "trigger": "deadline", "after_minutes": -720, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'left_6h', 3, '{"key": "left_6h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -360, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'left_2h', 4, '{"key": "left_2h", "posts": ["owner", "dpo", "on_call"], "trigger": "deadline", "after_minutes": -120, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'left_1h', 5, '{"key": "left_1h", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": -60, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'deadline', 6, '{"key": "deadline", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 0, "repeat_minutes": null, "severity_at_most": 4}'),
	('gdpr_33_1_sa', 'late', 7, '{"key": "late", "posts": ["owner", "dpo", "on_call", "back_up"], "trigger": "deadline", "after_minutes": 240, "repeat_minutes": 240, "severity_at_most": 4}');
INSERT INTO public.member VALUES
	('01a21822-43e2-7dd1-831b-9598a916235a', 'administrator@example.org', 'Demo administrator', 'administrator', '$argon2id$v=19$m=65536,t=3,p=4$PuoQPUWtygBzf++PkGdgCA$4tPFhO00Zk8X0GB62hc0lKunvPCKkDNbnfQrgPuiaLA', 'en', 'Europe/Amsterdam', 'auto', true, '2026-11-12 13:53:46.343962+00', NULL, NULL),
	('01a21822-43fd-7244-8731-739d750215c9', 'dpo@example.org', 'Demo DPO', 'dpo', '$argon2id$v=19$m=65536,t=3,p=4$PuoQPUWtygBzf++PkGdgCA$4tPFhO00Zk8X0GB62hc0lKunvPCKkDNbnfQrgPuiaLA', 'en', 'Europe/Amsterdam', 'auto', true, '2026-11-12 13:53:46.343962+00', NULL, NULL),
	('01a21822-43fe-75e6-9418-fab7fae657dd', 'reader@example.org', 'Demo reader', 'reader', '$argon2id$v=19$m=65536,t=3,p=4$PuoQPUWtygBzf++PkGdgCA$4tPFhO00Zk8X0GB62hc0lKunvPCKkDNbnfQrgPuiaLA', 'en', 'Europe/Amsterdam', 'auto', true, '2026-11-12 13:53:46.343962+00', NULL, NULL),
	('01a21822-43f8-7145-a21b-f03a0004d413', 'responder@example.org', 'Demo responder', 'responder', '$argon2id$v=19$m=65536,t=3,p=4$PuoQPUWtygBzf++PkGdgCA$4tPFhO00Zk8X0GB62hc0lKunvPCKkDNbnfQrgPuiaLA', 'en', 'Europe/Amsterdam', 'auto', true, '2026-11-12 13:53:46.343962+00', NULL, '2026-11-26 13:53:46.343962+00');
INSERT INTO public.message VALUES
	('01a21822-4483-7c3a-b64b-83e38c97ec24', '01a21822-4430-7940-a309-b1209c5f44f4', '01a21822-4413-7705-a636-c85d19b3aa52', '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-23 17:23:46.343962+00', '6d9b131fee2cc52d86fcd15c8cbb155ab50123d566e7fad1ab8c547967261928', '\x0173386cb9f3d772d8a172c71d02970843ab92efac0ca2a1db29061fa9e549b110893c56d5edd2f067fde6c62bce5c09d29afc16c431774af3d6447997d265eac1f04dce4727674f793d294c658e4b14ebb389d0dd611b6712ec8dbb514f541bbf216ab76f325e2134b6671590cbe135821fd4fab92e31b30fb97c24eacdd6034399406f3081e320911d41ab5819e2d5da61ce1917085bae02e71f62618f3faebf6eb1cc40190e754df5814d8488ef86729f6d97813b2b02a2c3c77d45120c4496ad16d967ebac82f8525c17aa6f1b4990c3a6624cd0440b08b909e32a2d00157dcced295192436c9babb054adb61bec586e85a5044a120333419727f1caa9439c2d976a8df2b0e55134e5937eebbd61afc79ffdd91dce47ab2109387c', 1),
	('01a21822-4583-7cf8-8f86-bc95f2d00fb4', '01a21822-44fb-7cfa-81c4-c9d6a081d859', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-23 00:53:46.343962+00', 'f5c66465afffddad652d2165783db25d40b939b6632354d02b7b67460d6f1c69', '\x019b4d186a8ac3b9c9e7248ef71cf65b76ee2dde62903278b77f3acd0574893b3bca62b78523dcc7c39006acf7bef0314c7d2987afdf14937984e99515aeb77c9b57e889082592f75d3f397229862c539a8232579c0c32f0841492732e31b73aa4866c51785f460654123b87687a779f1c8deac4a6f0fe0caac671bc2a22c5fbdd401b4124a500df5e3f3abbb7f0ecd7cf34df0f99da473d0dac4f2e8c5185bdaaf297d34b6cc0a42d5b9574fad8b6aa0eee77e2cfc409a003c695d294020c05c932ca3f69923593cb286cd80512afd5419e5bace358f414f114cdd414fe3b1fa56332edf664da2d0025e541c85a273ddd0318bf52b7415afc8442e9aa8433d83de5c448d3300a7b37d6005da6c83b1abd45c1acec2db250cc04284880', 1),
	('01a21822-45d9-7864-bf2a-af57935bc2a3', '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '01a21822-4599-765c-bab8-cb2e5676cf84', '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-18 09:53:46.343962+00', 'a2a1d7f690353fbc029f061b558a1c6012e113d4849eddb02a10c22fadf1ceae', '\x01aeacc38062dd62e440a75a079376e98f177cbfc1d64c482790feb33fc56533b98be16d34acb4e1968d0d97e5827884d4466855cda89b43bc270d65a2b137830809ab4d3e4635f3ace6ee0a17023ec8e4fbc44bb1ba6365697ceead4053b9941ff9f22d1781fc37854692be687b2b28e29d084606a0da73e21d5d5851a0731eea7302b16c72fa1b12be73d936c4e05c2dfb4e5b2c28527ec78dcdec0c82033ed4f4cd1af59682ed96c4a37a15a91637b09b839fb10f8b8d9baffecfe30b5b619294db1dafaf1d8d85a89487a8725c292a84943946be80515612981bbfbc332be8af08c6d98d12112fff8e5778e39df8dd533632027596dd18b014298a07c283fc3508cbb42636f12b42d84ab1c72c0a89dc3ebed74e01de1c2fa6369e', 1),
	('01a21822-45fb-7496-94b4-b40589916cb5', '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, '2026-11-18 12:53:46.343962+00', 'demo-09-2', '\x01eec4e7508097eca903a16f57613f884bf07166b75569f830a074a5b9e094fee5e9d476caf895ba45e3a3ffe84fddc10a0ae59a2738952a186847b89ef4edb5de183247395e55d2775edd96025cfed5a6824140e157ea416120509bb6961396bcac03bf7affabdda6371038c230a3f8d73ff96ac86d6a56f818d2ea839c652d5904854065119d0a8d6bc0e2333d55ef5cab3c7042a5169ad86424bab4e5fdf01ab296e777424ef6b2400cc53880070ab59fea37ec442d80d1a50a70655097d82995a22b07f5884ef4e3bafdf81b0770ff66f945313c40cfa1659f1056b6d23904c01bca4b93b669de80e045db4ee7e4bfacd2d45fae73f3e9149c11ec83c142237708f5f8d55f837e59270a270a0e77e6630d28311c520f46fdf67421', 1),
	('01a21822-4687-7b19-9575-a1966fdeaffc', '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '01a21822-4599-765c-bab8-cb2e5676cf84', '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-20 05:59:46.343962+00', 'cb53b5c692758ae1f512507bf4fc95fab705cae68ab1ef650392f6d8106d98b1', '\x0191aef2555ea6a2e4b156f4c33c925d133bd9884002fd3c466052d90fb27b94a7ba961039e34390dcfb88e93457e1c59befa2cef621ec06068af7de4c5994462c65b60bbe4bd22a91e9b88828d0caa81b5647168068e34d1502d2078da51e20c7636e9900566d88c427e67cbf81afca632e8df80a93e2fb46d6d158fbdeee7150b738aef7ac52893e4230e5f4a2602d3d1342ce679842f6fb915bb6f5e1eaeab84581da54a6aeeafcea26fb68914921c271a0f55bba80236133c91eb7f5129d686ebda37ce6c1830ba978eff88e31e2eca789fda2b1513ad295e3f91945623159e76b051c43ed529ab858e67f84d452cb10d90abaec3c77ccc14baba9ce3a470d7e41c14c7febd09eece2355945e23a7228653229226e6be2137b7833', 1),
	('01a21822-46f7-740b-ab9d-3f3d748c54e0', '01a21822-46bd-7012-bac7-69949e81786d', '01a21822-46aa-7919-9f5d-d47912b1abcf', '01a21822-43f8-7145-a21b-f03a0004d413', '2026-11-22 16:05:46.343962+00', '37645b81d7dc2bc432c9e37e96637b683926f3e211ae4925400019b4567b7b7a', NULL, 1),
	('01a21822-4db3-7cff-9537-a6f568313d9e', '01a21822-4ccc-70f2-8a71-3eb8d515a414', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', NULL, '2026-11-26 13:53:50.98271+00', 'f08bf80327ce706558c5609b61c89b49c5b279d4f02e23680d4121f57ac2e54e', '\x012b9ce1a81db66d30b053ec0a181c2522f29e19f695a64280c16677d9d8a1724d1ee4f8645645d12128367e08f2dfc594af863613e46113bd3d9c7e5d8cb94675d865f22b3ead68bca6b2920d31160c0998bd7b1a901beb0d625b3b1303a37aa14dc0649c82dd268f0aef874b26701948a16bfa11fe03504761ba6d3631d8125188c4046cd36f119eb9f132d1644ca88b9593b5f0ac74dac1fa7670c4ebc3fbd96ad53820d8f053f9c14a5cdd25acf71821ed2f176b428f3896c6469922a435d7f604719c399add16af61dae3753b63eadadb67498277ccf06b9ce6a32a106ff8ba58cfce30321c8e608a54fb25fd9ecbe083063c92a9e4318437c7e035b4c2e35c3d6ebc1d748169b5bcb8f2ee118e7316b346f424cbb8fd9982315e', 1);
INSERT INTO public.notice VALUES
	('01a21822-4e47-7f71-8a34-35f95efdb15b', '01a21822-4429-7111-b2b7-fd05ecb53e4b', '01a21822-4413-7705-a636-c85d19b3aa52', 'left_48h', 1, 0, '2026-11-24 16:35:46.343962+00', '2026-11-26 13:53:46.343962+00', true, NULL, NULL),
	('01a21822-4e4b-7f77-a65f-d0081bb5752a', '01a21822-4429-7111-b2b7-fd05ecb53e4b', '01a21822-4413-7705-a636-c85d19b3aa52', 'left_24h', 1, 0, '2026-11-25 16:35:46.343962+00', '2026-11-26 13:53:46.343962+00', true, NULL, NULL),
	('01a21822-4e53-7384-92b7-7ba043f783fe', '01a21822-4429-7111-b2b7-fd05ecb53e4b', '01a21822-4413-7705-a636-c85d19b3aa52', 'left_12h', 1, 0, '2026-11-26 04:35:46.343962+00', '2026-11-26 13:53:46.343962+00', true, NULL, NULL),
	('01a21822-4e55-73ef-808e-466f8f1d66ab', '01a21822-4429-7111-b2b7-fd05ecb53e4b', '01a21822-4413-7705-a636-c85d19b3aa52', 'left_6h', 1, 0, '2026-11-26 10:35:46.343962+00', '2026-11-26 13:53:46.343962+00', false, NULL, NULL);
INSERT INTO public.outbox_mail VALUES
	('01a21822-4440-7276-9b24-f0fc60b1f1bd', 'receipt:01a21822-4430-7940-a309-b1209c5f44f4', 'reporter_receipt', '01a21822-4413-7705-a636-c85d19b3aa52', NULL, NULL, '01a21822-4430-7940-a309-b1209c5f44f4', '{}', '2026-11-23 16:23:46.343962+00', '2026-11-23 16:23:46.343962+00', '2026-11-26 16:23:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a21822444072769b24f0fc60b1f1bd', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-444b-74a7-a7d4-460c824e9ad2', 'new:01a21822-43f8-7145-a21b-f03a0004d413:20261123T1620', 'new_reports', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-23 16:23:46.343962+00', '2026-11-23 16:23:46.343962+00', '2026-11-26 16:23:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a21822444b74a7a7d4460c824e9ad2', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-4490-709b-b919-9d10e4b4cf33', 'reporter_answer:01a21822-4483-7c3a-b64b-83e38c97ec24', 'reporter_answer', '01a21822-4413-7705-a636-c85d19b3aa52', NULL, NULL, '01a21822-4430-7940-a309-b1209c5f44f4', '{}', '2026-11-23 17:23:46.343962+00', '2026-11-23 17:23:46.343962+00', '2026-11-26 17:23:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a218224490709bb9199d10e4b4cf33', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-46ca-7a4b-9a2e-8811ec00cb8f', 'new:01a21822-43f8-7145-a21b-f03a0004d413:20261122T1350', 'new_reports', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-22 13:53:46.343962+00', '2026-11-22 13:53:46.343962+00', '2026-11-25 13:53:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a2182246ca7a4b9a2e8811ec00cb8f', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-4690-7260-80e8-4a2118421dd1', 'reporter_answer:01a21822-4687-7b19-9575-a1966fdeaffc', 'reporter_answer', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, NULL, '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '{}', '2026-11-20 05:59:46.343962+00', '2026-11-20 05:59:46.343962+00', '2026-11-23 05:59:46.343962+00', 'skipped', 0, NULL, NULL, false, '<01a218224690726080e84a2118421dd1@example.org>', '2026-11-26 13:53:46.343962+00', 'no_address', NULL, 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-4698-7d67-bb6b-79c5c506ba06', 'reporter_finished:01a21822-45a5-7ee3-98f0-474d0cdbab9e:20261120T055946', 'reporter_finished', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, NULL, '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '{}', '2026-11-20 05:59:46.343962+00', '2026-11-20 05:59:46.343962+00', '2026-11-23 05:59:46.343962+00', 'skipped', 0, NULL, NULL, false, '<01a2182246987d67bb6b79c5c506ba06@example.org>', '2026-11-26 13:53:46.343962+00', 'no_address', NULL, 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-4cd8-727c-b90e-ae337d3039c5', 'new:01a21822-43f8-7145-a21b-f03a0004d413:20261126T1350', 'new_reports', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-26 13:53:50.748746+00', '2026-11-26 13:53:50.748746+00', '2026-11-29 13:53:50.748746+00', 'waiting', 0, NULL, NULL, false, '01a218224cd8727cb90eae337d3039c5', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-4d43-73c4-b8fa-71db97fa28df', 'reply:01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1:01a21822-43f8-7145-a21b-f03a0004d413:20261126T1350', 'new_reply', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-26 13:53:50.88587+00', '2026-11-26 13:53:50.88587+00', '2026-11-29 13:53:50.88587+00', 'waiting', 0, NULL, NULL, false, '01a218224d4373c4b8fa71db97fa28df', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-4e67-7436-be6f-1a162f84a64c', 'esc:01a21822-4429-7111-b2b7-fd05ecb53e4b:left_6h:1:0:01a21822-43f8-7145-a21b-f03a0004d413', 'deadline', '01a21822-4413-7705-a636-c85d19b3aa52', '01a21822-4e55-73ef-808e-466f8f1d66ab', '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00', '2026-11-29 13:53:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a218224e677436be6f1a162f84a64c', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-4e68-7b03-bded-67020b050a80', 'esc:01a21822-4429-7111-b2b7-fd05ecb53e4b:left_6h:1:0:01a21822-43fd-7244-8731-739d750215c9', 'deadline', '01a21822-4413-7705-a636-c85d19b3aa52', '01a21822-4e55-73ef-808e-466f8f1d66ab', '01a21822-43fd-7244-8731-739d750215c9', NULL, '{}', '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00', '2026-11-29 13:53:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a218224e687b03bded67020b050a80', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-45af-75b5-9bab-1c131e2af1b3', 'receipt:01a21822-45a5-7ee3-98f0-474d0cdbab9e', 'reporter_receipt', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, NULL, '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '{}', '2026-11-18 05:53:46.343962+00', '2026-11-18 05:53:46.343962+00', '2026-11-21 05:53:46.343962+00', 'skipped', 0, NULL, NULL, false, '<01a2182245af75b59bab1c131e2af1b3@example.org>', '2026-11-26 13:53:46.343962+00', 'no_address', NULL, 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-4508-7776-bee7-ef9f83308e1a', 'new:01a21822-43f8-7145-a21b-f03a0004d413:20261121T1350', 'new_reports', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-21 13:53:46.343962+00', '2026-11-21 13:53:46.343962+00', '2026-11-24 13:53:46.343962+00', 'dead', 1, NULL, NULL, false, '<01a2182245087776bee7ef9f83308e1a@example.org>', '2026-11-26 13:53:46.343962+00', 'refused', 'recipient: 550 nobody here', 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-45b8-7df6-9e97-5e43b972025b', 'new:01a21822-43f8-7145-a21b-f03a0004d413:20261118T0550', 'new_reports', NULL, NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-18 05:53:46.343962+00', '2026-11-18 05:53:46.343962+00', '2026-11-21 05:53:46.343962+00', 'sent', 1, NULL, NULL, false, '<01a2182245b87df69e975e43b972025b@example.org>', '2026-11-26 13:53:46.343962+00', 'sent', '250 taken as 42', 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-5020-7b5a-adc2-c39e54e1a342', 'new:01a21822-43e2-7dd1-831b-9598a916235a:20261121T1350', 'new_reports', NULL, NULL, '01a21822-43e2-7dd1-831b-9598a916235a', NULL, '{"passed_on": true}', '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00', '2026-11-29 13:53:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a2182250207b5aadc2c39e54e1a342', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-45df-7e8a-850d-95fb29ff007f', 'reporter_answer:01a21822-45d9-7864-bf2a-af57935bc2a3', 'reporter_answer', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, NULL, '01a21822-45a5-7ee3-98f0-474d0cdbab9e', '{}', '2026-11-18 09:53:46.343962+00', '2026-11-18 09:53:46.343962+00', '2026-11-21 09:53:46.343962+00', 'skipped', 0, NULL, NULL, false, '<01a2182245df7e8a850d95fb29ff007f@example.org>', '2026-11-26 13:53:46.343962+00', 'no_address', NULL, 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00'),
	('01a21822-517f-7d6b-851c-3f240df5d58f', 'kept', 'test', NULL, NULL, '01a21822-43fd-7244-8731-739d750215c9', NULL, '{}', '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00', '2026-11-29 13:53:46.343962+00', 'waiting', 0, NULL, NULL, false, '01a21822517f7d6b851c3f240df5d58f', NULL, NULL, NULL, 0, NULL, NULL),
	('01a21822-460d-7751-bfda-9599336a943e', 'reply:01a21822-4599-765c-bab8-cb2e5676cf84:01a21822-43f8-7145-a21b-f03a0004d413:20261118T1250', 'new_reply', '01a21822-4599-765c-bab8-cb2e5676cf84', NULL, '01a21822-43f8-7145-a21b-f03a0004d413', NULL, '{}', '2026-11-18 12:53:46.343962+00', '2026-11-18 12:53:46.343962+00', '2026-11-21 12:53:46.343962+00', 'skipped', 0, NULL, NULL, false, '<01a21822460d7751bfda9599336a943e@example.org>', '2026-11-26 13:53:46.343962+00', 'not_needed', NULL, 0, '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00');
INSERT INTO public.post_holder VALUES
	('on_call', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('back_up', '01a21822-43e2-7dd1-831b-9598a916235a'),
	('dpo', '01a21822-43fd-7244-8731-739d750215c9');
INSERT INTO public.recovery_code VALUES
	('6d534aee5656582fb2e1535fe4d35ccd1fa2e2bfae9de852c268bb8750be251f', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('df5634258d87f99289dd7e61f6112fdeddcfeb4a8ef78916af345d19e0ea4b30', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('ed2d4b99939f5195793035063c91266a96010b5ccabc3c09f8fc41ce39f5c02c', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('5481839349988063408cc01bb6c10b414d04cbc4e93ab7e785e94a1b7ae4f537', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('bd49168691251aff17429b186b4bb6bdb175b77b50953f85bd0fe1c778e5a90a', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('0f8221f41fc772b42787d8971494d96089dd3789c349c42e809ab4797903e26f', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('e1571d6ab327a34339db1f2ac17ab7da6d38ca4f1d082863447703245921372c', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('2ac75afa65f144b8bc4c42ffe689f74f813203284da291b9a5009b09fb2967ea', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('ef4ed90bbdb5b3dfc9394645c5eb671385aac03c161ccbee9e7912603115fcda', '01a21822-43f8-7145-a21b-f03a0004d413'),
	('512991155ce35b8b021794128e68287cf2d707e8b85ede5f1a3d0e3713f91d5d', '01a21822-43f8-7145-a21b-f03a0004d413');
INSERT INTO public.report VALUES
	('01a21822-4430-7940-a309-b1209c5f44f4', '01a21822-4413-7705-a636-c85d19b3aa52', '2026-11-23 16:23:46.343962+00', 'nl', 'cfb286cd2086df3d0f7427273ee5231a4fd340933546fd19228d39e41151976c', 'ddb0872c6772f2d3aeedce576306501a801a809aa902a97102dbb2e0e1e58648', NULL, '1.0', '2026-11-23 16:53:46.343962+00', '2026-11-23 20:23:46.343962+00', '\x0131717ff7bf3e74123a9df9568c851966fe35a73fb7144040471460ea74dcce9f9619eb70e1f72f8bbce20e465cd7bee7930b54c057762aeceb49fcd42abb5cdc17d8965c31b62e0bfae1901857d1d9414a96cce03ea24e8f2cbc4d8dee96df793edb37dc8164cd1df4b581205b51bfc10b0d47ed2da294f9905734eebcf8af1ed912af7052b27a61bae6febd5380cf7587abb6f1e1e28bac4843f39e74984926970a7702032347033bbaa3c54ca91d355a3cd9255f1ebebcfe9a697ce0d25f5f250e9ac831c6fcae99ac566e7ef945238223b14de3fafac3baf54d9ac54714e76364b3c3ae95f551ccf30cc123f517b49cbd269e9f64045f61249cbd9377713d4ee35faf0a8e61b74b49191d9931df369e79d2b178fe1fbcf81b605ce8abeb7322f0b2254a792766e65d29009c4fc4459b927842465d58b34dfa100f8b506701bbc9088cfddaed3ee7d42f69bb300d91c0e24554d031aead0d5d80cac632a731b0deaed85fa498c76e5988f2fe0a8a8620ff2949d7eec4f170817a14ac00b4a6cdbecce39741d7e9fc275d0e78d946bc3d1b6d4fd74c087de9afdae7d50bda1d0b4ac5e40cfa5355a784bcea1fe7fe20770f30ab5ac48ec3237cf1b93a8aa1b4a602b973ae0b970c8d7e92ff33972c6bc7472262991da43d36d8cc6bb69c2a85261b907e7cf966cabe5ed6c12af067742b7cb8b821cf09c572cdeef9bb200a394faa6d6f47675549d6c37244a7dee719ede682230cfecf88407bed43', 1, '\x01c899464fcbe0a43fec8a76daaf9c1a4a4069fe70a4db3dc8b143889d1af19b420026d5b5afa4c7dd7455db7a1746487b2c0dd2e7ec3f6c8495f2b6707447607cdb647b35b8256e23b68b95c65408278a88094e7aebbb5f7c35740d6f11326b3e57e6d6d4384d5e2a36ef15ef2d41bae66ee51240cfb2e7b64cceeb45818a50e6fabb5372ff8fd70acdd147a03d0ff165f74154be34a30b6210f0060cee113b1dd66a410438f1fb512f6a2bfa61f833b629c08fd2d3f41e45679a2388a59d75b95a3dce69691aeb0f2077c856cf879c3c3558791f198430673db3176d82fb64b077931e441c42c0e3fcb9e8c2cacc6a3332cf0ed93654ee4ac06a1a3ac9d8a85b70b9b0cecaa7ed2928c7b9ac3d30ad060026b945b311724cf41364f1', '6c493af183f9f289b398e81bd7a47728'),
	('01a21822-44fb-7cfa-81c4-c9d6a081d859', '01a21822-44e9-7cf4-8d32-c1dc20ec3995', '2026-11-21 13:53:46.343962+00', 'nl', 'd598f29d00859f770b7ab8a293fa2184fb528316edd2b5347d79ad3d0e2e402e', 'd624e76fcc1e8d6244b125f2bac3f103f8694e56a2e0413f3fc5d1638c7890d8', NULL, '1.0', '2026-11-21 15:53:46.343962+00', '2026-11-22 13:53:46.343962+00', '\x01ea46e0ada79c76d18133dd9fd086d80e0cdc70764cd6ce4063267ad83bd0805068b2dd7a0b2d4d25e029d94bfd8dcd114e7462c7031b9509189b4641b3dde91f1b9eb07ec3b4dfe235e64932d95ae7bcc4d0f88a076479e7ca2fd9ce5eee709618a01079b40741587535bf96291f67bacdb3d8c54edd3785bc5894cdb614eb1f6d8ec785515524095f17759b54cd9a3cff382f80437827d7498f10428a7ced25537260f0e4cc1b54431805660a7a4176853756e995718adadf0f2bca86d33cedb320d505aab6c04f423c5387c28972a2f73ff4957a9d1387fa769976909f2e893d4e7e10360ffb5c79f0e083e6271a1ab0aa3f9f4277340ab015939e6357f1726d918837a4f5cf66a8b1b1ba7e9e1f2079aa68d79c662b1e911253b1ea3f24832040f294ecf900c05ac907b542a5441df8baaf06a8857ebba0a56496dbe4e366171396e346839e7f6aa05757ef8581a6a9fe24ca17067d5283b90f26a589caf6aba55de49c11a744f5cf50750de2d82a0f245d223bf77b09174ae80dd352611cce5e8980a7d95730ebffcdb53fc424e64af1e70c3aaa7381ee754361d255ae0c2008a6404af8af171491820aaddd57ab5f58c57d07bba0e4d16ac7c94b2bb2e88e1a13dc0d393b31973ee81b9cbf11eaeb90ae42f17d91e71e0632e098dd8e4fdf49c2c630190a873bd0be059af84eeb4479140fff977d0fd5f245b9065891bdf7fa68da4b1e9867776116c391b03c28c1031253d1154fb8fd7af411', 1, '\x017bd392992b7a5ca5988e05aca7f083d1ca3747e6138009415dece9352239dd8f604863154db304cd0d45bfae3251d9ab07c8ffd85a717da4bd383ef0630d44d40cf0a5af62a13cf8a2d9c5163b7cfa027686589b14191c697140f8ede5da33b9f602f8c6e68db023dd927a2b00230485f7bda41987288c849fb2c004d76e4f57497dea5bf7f99fa3c2d6138f98a8f05e9fa52d62ecfbb7d10e7a8c3a3fcf53f846138d45eb2b7f3e691759307bc3ddceb4ec859184a9cde7d56bb9372ae0f6f98b1f6d71533a3bcd15f805f433c9949547026b5ae07973379ccdcbe1f23e5b1c56879523ed14bc5d9fa5a398d381792e41cb1682854309fe54e11d2420cb50fcefc8a5bc8c61fc8f4f02dea0aea40007ec11f298089317cb7eff38ca', NULL),
	('01a21822-45a5-7ee3-98f0-474d0cdbab9e', '01a21822-4599-765c-bab8-cb2e5676cf84', '2026-11-18 05:53:46.343962+00', 'en', '6328896b3803a09b80bfe3c169042444ecafd680729bdedb70cf69f569322959', '2e67d17480cb2ce1b643dc528165377b0ff96358bd01a8efc08a183d75c5eac9', NULL, '1.0', '2026-11-18 13:53:46.343962+00', '2026-11-20 05:53:46.343962+00', '\x0129c722da862fa56820588ac2afc6f97ce7f602b078c86d7496253bc759ccab0f96b234d85e9f5c4e71a40cb038c3db13c871b9064c7a07f89c2bbd7576331d85c327a1bf24bdd8059ff4728e8f4c7e31b2f02f3a83c3c041bdbe401b9b5c3c5462f7081cc5b98c9a2910039cda6731cfac0078214b6f51bb5c6b6c89fbf8584eaa6f3e176f3397fa110b4eded0f8f33d4090e843fd9fac93bce86409803deec3a9226aff9c42bee02f3bc0e5118ae7b3ab4af25ab4d852d0947ee19f9eb3ab01e37af8c82b1a68004dac0e4c65b91f23ef27e80f913655024e7b1af8c466b1c4959d4be96261289ff3012b31302688a4887100fa0720cfc860349246e41a63d1e3277443d5ee9e1938634fd18e7d5656be401c713193141f0c2a275ef2b498775d31d3867040cde9745c0b129a9546a9f7d973a6cb8f5371afea8546f9b44e2ec19b42a1a9e890a6255ccf46e5d6dbf43a78bfdd40c442b740c8bca9850e26fe0b96728146385b3151f6de9470484944bd64152a4a98682b5c01d72e53b97b5f545d0f8abc1bb99bbeadf6815f12597757f66fe0bb3d6e734e3a1f30657a2c77afd522211bba8aed9e33fe93817b2b215214686f1efecfe2a663e72394fcb7556e5d94d4988b8d77c3e864f60aba61651c6408af96a623098434eca0106d788d569606494284ed03a649ab5e143f5746f12276c5f587bd17c69d654a4ae878e3ac8cae0054d40c8fe62481b3b174d10122bc76b88ce1005ea1a6dd29', 1, NULL, NULL),
	('01a21822-46bd-7012-bac7-69949e81786d', '01a21822-46aa-7919-9f5d-d47912b1abcf', '2026-11-22 13:53:46.343962+00', 'en', '77d5de24947f7e33bd8b9492a20650f9c84f1721fa7fe87667bbea6cf3c6e139', 'fe717699160d175f257a5246179e3fc17edd4573f7905ef741d69505b431e920', NULL, '1.0', '2026-11-23 13:53:46.343962+00', '2026-11-25 13:53:46.343962+00', NULL, 1, NULL, NULL),
	('01a21822-4ccc-70f2-8a71-3eb8d515a414', '01a21822-4cb6-7abf-ba3f-cde8d7b9f6a1', '2026-11-26 13:53:50.748746+00', 'en', '07595d908f31d73a83aed5c3438dfc0bbb0eeac9ce662a2088768fce821d3faf', 'd8f2b4f1c89e67b5677f5de1fc403b1ad5195dfb5b937bb658ba57bd837c4998', NULL, '1.0', '2026-11-26 21:53:50.748746+00', '2026-11-28 13:53:50.748746+00', '\x01fba385e3e007e90e7189c1cb1060e17ed70910523e294d385e9374e6e7dd20b60aa54ddab7f113e5f6f8849e5aa0275f2b3e6f5f1a688ba3486eb0b42c277fb097e5aed8fd527b9cdc7264011f56a89a6b0ae68a173de86b21415ab2259e4f5cd3a55f5260c34695be6385e793a4ab88450f66832630717a9331a7c7648761e4c6a72ca540cc8061d1cececf8121ce28f568e0b8a8e7f2cb0a016d3b44ce5df0e8f5e30221ee22f29c332ddb15b36940dd9fa34c6a99d231e869d0e6dfd6315264671a812a53793be215643ea470ecc23a23f664cfa89d225ed18501546bb1d535249042e147cb393cfcdfa865135a022ec55394bc3b689f48cc6b02d548a7c27280d32e88e180597f3693d7b819cf954de6ef73e68c75676beb8b9d', 1, '\x019f89566841b80a8344c537082faa0f3e6beef2c41df2debddddf99eeb78eb0988ca1ceb1bd74e86de89d0c0e6c3618285c184ed114ff35b26b4eaf3efcd73ceac513686785172e613591e032b6cbc64431bcb2c92c8aa815e9e3e90957bd0dd2129fd875112f0ef511748c60cc548fa7ad2748e3b34976f4828d3194b1e8606e79396b5745a97b0fd255b7d79f966aa85451def63f9e073755d6ea651d23c04317ef993f14395e43d9dec1971d501f0fa8efe7bf36302071f6b94c6ec6e40cec7ce609a6e3a268dc8954eb6fb12ba585f70f726fb29ea5ce32694d30d3b4f70f1a2efc1c9e662230f75775d0db7f2aad13e2c19033f91560ca26c461131e46f8162e785e462419ffef99467aa5cc0b8a4ff2434a46b6e7a17deb4ae8', NULL);
INSERT INTO public.signed_decision VALUES
	('01a21822-4646-7708-bb9d-38ea6890ac15', '01a21822-45a4-7162-8276-88eb27428385', 'risk_unlikely', '01a21822-43fd-7244-8731-739d750215c9', '2026-11-19 03:53:46.343962+00', '\x01483a2a0cf4ad92eb1558a85ee29fe545c94ffff5408e88d86fb0d043c5bb11abda4470a262d3b3c5c9f281d48b11b2ca03b46cabbfd9923bb7f8f5dd85ffc5144df13144063d8a30cf79115c9bced8606d3d6d7af827778db94f88931a6497d2377e499dbb965c4db91a1a8387c4f4de3915965298d5b017b8d128fc2b955d051e410bf01f807da55aa1e5f1ded44d6218c7cc9ebb342e8948f5647a3e8a6217124942951f7f4f0bc4e27981ab7fc5bbd81e5b485b172664275f689508902ff4e3715f307b893ac4b7211458084a8cc6b52da078c9487667815f36560768f105c1fbaa83a26ffce9d6dda7ec24a989e46e8cc646110181c6c125fed96d52a2443f31db1bff45df6ada0d37ba999d48bea3b5976004927b4f4ac3e5be', 1, '01a21822-4599-765c-bab8-cb2e5676cf84');
INSERT INTO public.verification VALUES
	('01a21822-50a3-7910-b575-5cb7d82318c8', '2026-11-26 13:53:46.343962+00', '2026-11-26 13:53:46.343962+00', 34, 1, 0, '');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT pk_attachment PRIMARY KEY (id);
ALTER TABLE ONLY public.authenticator
    ADD CONSTRAINT pk_authenticator PRIMARY KEY (id);
ALTER TABLE ONLY public.awareness
    ADD CONSTRAINT pk_awareness PRIMARY KEY (id);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT pk_checkpoint PRIMARY KEY (number);
ALTER TABLE ONLY public.checkpoint_entry
    ADD CONSTRAINT pk_checkpoint_entry PRIMARY KEY (entry_id);
ALTER TABLE ONLY public.clock
    ADD CONSTRAINT pk_clock PRIMARY KEY (id);
ALTER TABLE ONLY public.data_key
    ADD CONSTRAINT pk_data_key PRIMARY KEY (scope, seal);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (id);
ALTER TABLE ONLY public.filing
    ADD CONSTRAINT pk_filing PRIMARY KEY (id);
ALTER TABLE ONLY public.heartbeat
    ADD CONSTRAINT pk_heartbeat PRIMARY KEY (id);
ALTER TABLE ONLY public.history_entry
    ADD CONSTRAINT pk_history_entry PRIMARY KEY (id);
ALTER TABLE ONLY public.hit
    ADD CONSTRAINT pk_hit PRIMARY KEY (key, "window");
ALTER TABLE ONLY public.incident
    ADD CONSTRAINT pk_incident PRIMARY KEY (id);
ALTER TABLE ONLY public.incident_member
    ADD CONSTRAINT pk_incident_member PRIMARY KEY (incident_id, member_id);
ALTER TABLE ONLY public.key_check
    ADD CONSTRAINT pk_key_check PRIMARY KEY (public_key);
ALTER TABLE ONLY public.ladder_step
    ADD CONSTRAINT pk_ladder_step PRIMARY KEY (duty, key);
ALTER TABLE ONLY public.mail_hold
    ADD CONSTRAINT pk_mail_hold PRIMARY KEY (since);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT pk_member PRIMARY KEY (id);
ALTER TABLE ONLY public.member_session
    ADD CONSTRAINT pk_member_session PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT pk_note PRIMARY KEY (id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT pk_notice PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT pk_outbox_mail PRIMARY KEY (id);
ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT pk_passkey PRIMARY KEY (id);
ALTER TABLE ONLY public.post_holder
    ADD CONSTRAINT pk_post_holder PRIMARY KEY (post, member_id);
ALTER TABLE ONLY public.provider_account
    ADD CONSTRAINT pk_provider_account PRIMARY KEY (member_id);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT pk_recovery_code PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.relay_silence
    ADD CONSTRAINT pk_relay_silence PRIMARY KEY (id);
ALTER TABLE ONLY public.report
    ADD CONSTRAINT pk_report PRIMARY KEY (id);
ALTER TABLE ONLY public.signed_decision
    ADD CONSTRAINT pk_signed_decision PRIMARY KEY (id);
ALTER TABLE ONLY public.spent
    ADD CONSTRAINT pk_spent PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.verification
    ADD CONSTRAINT pk_verification PRIMARY KEY (id);
ALTER TABLE ONLY public.welcome_link
    ADD CONSTRAINT pk_welcome_link PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT uq_attachment_content_hash UNIQUE (content_hash);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT uq_attachment_place UNIQUE (place);
ALTER TABLE ONLY public.authenticator
    ADD CONSTRAINT uq_authenticator_member_id UNIQUE (member_id);
ALTER TABLE ONLY public.clock
    ADD CONSTRAINT uq_clock_incident_id_duty UNIQUE (incident_id, duty);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT uq_erasure_erased_id_extent UNIQUE (erased_id, extent);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT uq_erasure_number UNIQUE (number);
ALTER TABLE ONLY public.incident
    ADD CONSTRAINT uq_incident_reference UNIQUE (reference);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT uq_member_email UNIQUE (email);
ALTER TABLE ONLY public.member_session
    ADD CONSTRAINT uq_member_session_id UNIQUE (id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT uq_message_form_hash UNIQUE (form_hash);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT uq_note_form_hash UNIQUE (form_hash);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT uq_notice_clock_id_step_round_occurrence UNIQUE (clock_id, step, round, occurrence);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT uq_outbox_mail_dedupe UNIQUE (dedupe);
ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT uq_passkey_credential UNIQUE (credential);
ALTER TABLE ONLY public.provider_account
    ADD CONSTRAINT uq_provider_account_account_hash UNIQUE (account_hash);
ALTER TABLE ONLY public.report
    ADD CONSTRAINT uq_report_code_hash UNIQUE (code_hash);
ALTER TABLE ONLY public.report
    ADD CONSTRAINT uq_report_form_hash UNIQUE (form_hash);
CREATE INDEX ix_attachment_incident_id ON public.attachment USING btree (incident_id);
CREATE INDEX ix_awareness_clock_id ON public.awareness USING btree (clock_id);
CREATE INDEX ix_checkpoint_entry_number ON public.checkpoint_entry USING btree (number);
CREATE INDEX ix_clock_failures ON public.clock USING btree (failures) WHERE (failures > 0);
CREATE INDEX ix_clock_next_check_at ON public.clock USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX ix_data_key_epoch ON public.data_key USING btree (epoch);
CREATE INDEX ix_erasure_unscrubbed ON public.erasure USING btree (number) WHERE (scrubbed_at IS NULL);
CREATE INDEX ix_filing_clock_id ON public.filing USING btree (clock_id);
CREATE INDEX ix_history_entry_incident ON public.history_entry USING btree (incident_id, id);
CREATE INDEX ix_hit_window ON public.hit USING btree ("window");
CREATE INDEX ix_incident_clock ON public.incident USING btree (next_due_at, severity, id) WHERE (legal_due_at IS NOT NULL);
CREATE INDEX ix_incident_closed ON public.incident USING btree (closed_at, id) WHERE (closed_at IS NOT NULL);
CREATE INDEX ix_incident_decision ON public.incident USING btree (next_due_at, severity, id) WHERE ((closed_at IS NULL) AND ((verdict IS NULL) OR (legal_due_at IS NOT NULL) OR unread_reply));
CREATE INDEX ix_incident_member_member_id ON public.incident_member USING btree (member_id);
CREATE INDEX ix_incident_mine ON public.incident USING btree (owner_id, next_due_at, severity, id) WHERE ((closed_at IS NULL) AND (owner_id IS NOT NULL));
CREATE INDEX ix_incident_open ON public.incident USING btree (next_due_at, severity, id) WHERE (closed_at IS NULL);
CREATE INDEX ix_incident_unread ON public.incident USING btree (next_due_at, severity, id) WHERE ((closed_at IS NULL) AND (read_at IS NULL));
CREATE INDEX ix_incident_waiting ON public.incident USING btree (next_due_at, severity, id) WHERE ((closed_at IS NULL) AND ((status)::text = 'waiting'::text));
CREATE INDEX ix_member_session_member_id ON public.member_session USING btree (member_id);
CREATE INDEX ix_message_incident_id ON public.message USING btree (incident_id);
CREATE INDEX ix_message_report_id ON public.message USING btree (report_id);
CREATE INDEX ix_note_incident_id ON public.note USING btree (incident_id);
CREATE INDEX ix_notice_incident_id ON public.notice USING btree (incident_id);
CREATE INDEX ix_outbox_mail_due ON public.outbox_mail USING btree (state, due_at, id);
CREATE INDEX ix_outbox_mail_incident_id ON public.outbox_mail USING btree (incident_id);
CREATE INDEX ix_outbox_mail_notice_id ON public.outbox_mail USING btree (notice_id);
CREATE INDEX ix_outbox_mail_state ON public.outbox_mail USING btree (state, id);
CREATE INDEX ix_passkey_member_id ON public.passkey USING btree (member_id);
CREATE INDEX ix_recovery_code_member_id ON public.recovery_code USING btree (member_id);
CREATE INDEX ix_report_email_hash ON public.report USING btree (email_hash);
CREATE INDEX ix_report_incident_id ON public.report USING btree (incident_id);
CREATE INDEX ix_signed_decision_clock_id ON public.signed_decision USING btree (clock_id);
CREATE INDEX ix_spent_expires_at ON public.spent USING btree (expires_at);
CREATE INDEX ix_verification_started_at ON public.verification USING btree (started_at);
CREATE TRIGGER awareness_is_kept BEFORE DELETE OR UPDATE ON public.awareness FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence('sealed');
ALTER TABLE public.awareness ENABLE ALWAYS TRIGGER awareness_is_kept;
CREATE TRIGGER awareness_is_not_emptied BEFORE TRUNCATE ON public.awareness FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.awareness ENABLE ALWAYS TRIGGER awareness_is_not_emptied;
CREATE TRIGGER checkpoint_entry_is_kept BEFORE DELETE OR UPDATE ON public.checkpoint_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.checkpoint_entry ENABLE ALWAYS TRIGGER checkpoint_entry_is_kept;
CREATE TRIGGER checkpoint_entry_is_not_emptied BEFORE TRUNCATE ON public.checkpoint_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.checkpoint_entry ENABLE ALWAYS TRIGGER checkpoint_entry_is_not_emptied;
CREATE TRIGGER checkpoint_is_kept BEFORE DELETE OR UPDATE ON public.checkpoint FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.checkpoint ENABLE ALWAYS TRIGGER checkpoint_is_kept;
CREATE TRIGGER checkpoint_is_not_emptied BEFORE TRUNCATE ON public.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.checkpoint ENABLE ALWAYS TRIGGER checkpoint_is_not_emptied;
CREATE TRIGGER filing_is_kept BEFORE DELETE OR UPDATE ON public.filing FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence('sealed');
ALTER TABLE public.filing ENABLE ALWAYS TRIGGER filing_is_kept;
CREATE TRIGGER filing_is_not_emptied BEFORE TRUNCATE ON public.filing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.filing ENABLE ALWAYS TRIGGER filing_is_not_emptied;
CREATE TRIGGER history_entry_is_kept BEFORE DELETE OR UPDATE ON public.history_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.history_entry ENABLE ALWAYS TRIGGER history_entry_is_kept;
CREATE TRIGGER history_entry_is_not_emptied BEFORE TRUNCATE ON public.history_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.history_entry ENABLE ALWAYS TRIGGER history_entry_is_not_emptied;
CREATE TRIGGER signed_decision_is_kept BEFORE DELETE OR UPDATE ON public.signed_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_to_change_evidence('sealed');
ALTER TABLE public.signed_decision ENABLE ALWAYS TRIGGER signed_decision_is_kept;
CREATE TRIGGER signed_decision_is_not_emptied BEFORE TRUNCATE ON public.signed_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_change_evidence();
ALTER TABLE public.signed_decision ENABLE ALWAYS TRIGGER signed_decision_is_not_emptied;
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT fk_attachment_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT fk_attachment_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT fk_attachment_report_id_report FOREIGN KEY (report_id) REFERENCES public.report(id);
ALTER TABLE ONLY public.authenticator
    ADD CONSTRAINT fk_authenticator_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.awareness
    ADD CONSTRAINT fk_awareness_clock_id_clock FOREIGN KEY (clock_id) REFERENCES public.clock(id);
ALTER TABLE ONLY public.awareness
    ADD CONSTRAINT fk_awareness_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.awareness
    ADD CONSTRAINT fk_awareness_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.checkpoint_entry
    ADD CONSTRAINT fk_checkpoint_entry_entry_id_history_entry FOREIGN KEY (entry_id) REFERENCES public.history_entry(id);
ALTER TABLE ONLY public.checkpoint_entry
    ADD CONSTRAINT fk_checkpoint_entry_number_checkpoint FOREIGN KEY (number) REFERENCES public.checkpoint(number);
ALTER TABLE ONLY public.clock
    ADD CONSTRAINT fk_clock_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT fk_erasure_erased_id_incident FOREIGN KEY (erased_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT fk_erasure_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.filing
    ADD CONSTRAINT fk_filing_clock_id_clock FOREIGN KEY (clock_id) REFERENCES public.clock(id);
ALTER TABLE ONLY public.filing
    ADD CONSTRAINT fk_filing_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.filing
    ADD CONSTRAINT fk_filing_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.history_entry
    ADD CONSTRAINT fk_history_entry_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.incident_member
    ADD CONSTRAINT fk_incident_member_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.incident_member
    ADD CONSTRAINT fk_incident_member_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.incident
    ADD CONSTRAINT fk_incident_owner_id_member FOREIGN KEY (owner_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.member_session
    ADD CONSTRAINT fk_member_session_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_report_id_report FOREIGN KEY (report_id) REFERENCES public.report(id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT fk_note_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT fk_note_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_clock_id_clock FOREIGN KEY (clock_id) REFERENCES public.clock(id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT fk_outbox_mail_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT fk_outbox_mail_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT fk_outbox_mail_notice_id_notice FOREIGN KEY (notice_id) REFERENCES public.notice(id);
ALTER TABLE ONLY public.outbox_mail
    ADD CONSTRAINT fk_outbox_mail_report_id_report FOREIGN KEY (report_id) REFERENCES public.report(id);
ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT fk_passkey_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_holder
    ADD CONSTRAINT fk_post_holder_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.provider_account
    ADD CONSTRAINT fk_provider_account_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT fk_recovery_code_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.report
    ADD CONSTRAINT fk_report_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.signed_decision
    ADD CONSTRAINT fk_signed_decision_clock_id_clock FOREIGN KEY (clock_id) REFERENCES public.clock(id);
ALTER TABLE ONLY public.signed_decision
    ADD CONSTRAINT fk_signed_decision_incident_id_incident FOREIGN KEY (incident_id) REFERENCES public.incident(id);
ALTER TABLE ONLY public.signed_decision
    ADD CONSTRAINT fk_signed_decision_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.welcome_link
    ADD CONSTRAINT fk_welcome_link_member_id_member FOREIGN KEY (member_id) REFERENCES public.member(id) ON DELETE CASCADE;
