//! The machines of the law, each of them.

/// Calls a test of one machine for each of them.
macro_rules! of_each_machine {
    ($test:ident) => {{
        use kezek::queue::lifecycle as machines;
        $test::<machines::applicant::State>();
        $test::<machines::application::State>();
        $test::<machines::contract::State>();
        $test::<machines::dismissal::State>();
        $test::<machines::documents::State>();
        $test::<machines::enrolment::State>();
        $test::<machines::entry::State>();
        $test::<machines::offer::State>();
        $test::<machines::referral::State>();
        $test::<machines::seat::State>();
        $test::<machines::stop_list::State>();
        $test::<machines::temporary::State>();
    }};
    ($test:ident, $argument:expr) => {{
        use kezek::queue::lifecycle as machines;
        $test::<machines::applicant::State>($argument);
        $test::<machines::application::State>($argument);
        $test::<machines::contract::State>($argument);
        $test::<machines::dismissal::State>($argument);
        $test::<machines::documents::State>($argument);
        $test::<machines::enrolment::State>($argument);
        $test::<machines::entry::State>($argument);
        $test::<machines::offer::State>($argument);
        $test::<machines::referral::State>($argument);
        $test::<machines::seat::State>($argument);
        $test::<machines::stop_list::State>($argument);
        $test::<machines::temporary::State>($argument);
    }};
}

pub(crate) use of_each_machine;
