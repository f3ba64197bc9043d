pub fn run(cases: &mut Cases) {
    for (beta1, beta2, eps) in [(0.9, 0.999, 1e-8), (0.5, 0.75, 1e-2), (0.0, 0.9, 0.1)] {
        let adam = Adam { learning_rate: 0.1, beta1, beta2, eps };
        for t in [1, 2, 7, 1000] {
            for missed in [0, 1, 2, 5, 40] {
                let mut theta = cases.uniform(-1.0, 1.0);
                let (mut m, mut v) = (cases.uniform(-0.5, 0.5), cases.uniform(0.1, 0.5));
                catch_up(&adam, t, missed, &mut theta, &mut m, &mut v);
                let when = format!(
                    "after {missed} missed steps since step {t} with beta1 = {beta1}, beta2 = \
                     {beta2}, eps = {eps}"
                );
                cases.value(format!("m {when}"), m);
                cases.value(format!("v {when}"), v);
                cases.value(format!("theta {when}"), theta);
            }
        }
        // A row that never had a gradient stays where it is.
        let (mut theta, mut m, mut v) = (0.5, 0.0, 0.0);
        catch_up(&adam, 3, 10, &mut theta, &mut m, &mut v);
        cases.value(format!("theta of a row without any gradient, eps = {eps}"), theta);
    }
}
